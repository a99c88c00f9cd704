"""A program that answers one line for every line it gets, and rests (stopped) while others are measured."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

from tensorop_gen.measure.errors import WorkerFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from typing_extensions import Self


@contextlib.contextmanager
def pinned(cpus: Sequence[int]) -> Iterator[None]:
    """Processes started within may use these processors only; libraries count them when they are loaded."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


class LineProcess:
    """Commands and answers over pipes. Answers begin with "ok" or "error". cpus: the processors it may use."""

    def __init__(self, argv: Sequence[str], cpus: Sequence[int], env: Mapping[str, str] | None = None) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        self._partial = b""
        with pinned(cpus):
            self._process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=env, bufsize=0
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, command: str, seconds: float) -> list[str]:
        """The words after "ok"; raises WorkerFailed on any other answer, a crash, or none within the time."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the missing answer tells why
            self._process.stdin.write(command.encode() + b"\n")
        return self.answer(seconds, command)

    def answer(self, seconds: float, command: str = "start") -> list[str]:
        """The next line's words, as ask."""
        line = self._line(seconds, command)
        status, *words = line.split()
        if status != "ok":
            raise WorkerFailed(line.removeprefix("error").strip())
        return words

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)

    def _line(self, seconds: float, command: str) -> str:
        assert self._process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._partial:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise WorkerFailed(f'no answer to "{command}" within {seconds:.0f} s')
                chunk = os.read(self._process.stdout.fileno(), 4096)
                if not chunk:
                    raise WorkerFailed(f'{self._ending()} during "{command}"')
                self._partial += chunk
        line, _, self._partial = self._partial.partition(b"\n")
        return line.decode(errors="replace")

    def _ending(self) -> str:
        code = self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read().decode(errors="replace").strip().splitlines()
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{how}{f' ({said[-1]})' if said else ''}"
