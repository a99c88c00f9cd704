"""Runs a command or a script in the box: Landlock and an allow-list of system calls, an empty environment, limits.

Where the door cannot be shut nothing is run."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tensorop_gen.llm.box.enter import SHUT_FAILED

_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/opt/cross")
_ENTER = "import sys; sys.path.insert(0, sys.argv[1]); from tensorop_gen.llm.box.enter import main; main(sys.argv[2])"
_PACKAGES = str(Path(__file__).parents[3])


class BoxUnavailable(RuntimeError):  # noqa: N818  # a state of the machine
    """This machine cannot shut the box; what a model wrote is then not run."""


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: on the clock; cpu: of the processor. memory, file: bytes; output: bytes of both streams together."""

    seconds: float
    cpu: int
    memory: int
    file: int = 16 << 20
    output: int = 1 << 20


SCRIPT = Limits(seconds=10, cpu=5, memory=512 << 20)
COMPILER = Limits(seconds=60, cpu=40, memory=4 << 30, output=4 << 20)


@dataclass(frozen=True, slots=True)
class Boxed:
    """What came of it. stopped: which limit ended it, if one did."""

    code: int
    out: str
    err: str
    stopped: str = ""


def run_boxed(command: Sequence[str], folder: Path, limits: Limits = COMPILER, more: Sequence[Path] = ()) -> Boxed:
    """A program of the system that may read the system's programs and libraries and what stands in the folders `more`,
    and read and write `folder`. Raises BoxUnavailable; FileNotFoundError if the program is not there."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(command[0])
    execute = [*_SYSTEM, str(Path(program).resolve().parent), *_interpreter(program), *map(str, more)]
    job = {"command": [program, *command[1:]], "execute": execute, "write": [str(folder), "/dev/null"]}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TMPDIR": str(folder), "HOME": str(folder)}
    return _run(job | {"environment": environment}, folder, limits)


def run_script(text: str, limits: Limits = SCRIPT) -> Boxed:
    """A Python script that may read the standard library, compute and print. Raises BoxUnavailable."""
    with tempfile.TemporaryDirectory(prefix="tensorop-box-") as temporary:
        script = Path(temporary) / "script.py"
        script.write_text(text, encoding="utf-8", errors="replace")
        paths = sysconfig.get_paths()
        library = [paths["stdlib"], paths["platstdlib"], "/usr/lib", "/lib", "/lib64"]
        job: dict[str, Any] = {"script": str(script), "read": [*library, "/dev/urandom", "/dev/null"]}
        return _run(job, Path(temporary), limits)


def in_force() -> str:
    """How the box is shut here. Raises BoxUnavailable."""
    from tensorop_gen.llm.box.landlock import version

    run_script("")
    return f"Landlock (version {version()}) and seccomp"


def _interpreter(program: str) -> list[str]:
    """Compilers that come as Python packages stand beside their interpreter."""
    return [sys.prefix, sys.base_prefix] if Path(program).resolve() == Path(sys.executable).resolve() else []


def _run(job: Mapping[str, Any], folder: Path, limits: Limits) -> Boxed:
    rlimits = {"AS": limits.memory, "CPU": limits.cpu, "FSIZE": limits.file, "NOFILE": 256, "CORE": 0}
    whole = {"script": "", "command": [], "environment": {}, "read": [], "execute": [], "write": []} | dict(job)
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", _ENTER, _PACKAGES, json.dumps(whole | {"limits": rlimits})],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"LC_ALL": "C"},
        start_new_session=True,
    )
    try:
        out, err, stopped = _listen(process, limits)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream
            stream.close()
    if code == SHUT_FAILED:
        raise BoxUnavailable(
            f"what a model writes is run in a box only, and this machine cannot shut one ({err.strip()}): it needs "
            "Linux 5.13 with Landlock, and libseccomp2"
        )
    if not stopped and code in (-signal.SIGXCPU, -signal.SIGKILL):
        stopped = f"over {limits.cpu} s of processor time"
    return Boxed(code, out, err, stopped)


def _listen(process: subprocess.Popen[bytes], limits: Limits) -> tuple[str, str, str]:
    """Both streams as text and the limit that was passed, if one was."""
    assert process.stdout
    assert process.stderr
    heard = {process.stdout: bytearray(), process.stderr: bytearray()}
    end, stopped = time.monotonic() + limits.seconds, ""
    with selectors.DefaultSelector() as selector:
        for stream in heard:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map() and not stopped:
            ready = selector.select(max(end - time.monotonic(), 0))
            for key, _ in ready:
                content = os.read(key.fd, 1 << 16)
                if not content:
                    selector.unregister(key.fileobj)
                heard[key.fileobj] += content  # type: ignore[index]  # one of the two
            if sum(map(len, heard.values())) > limits.output:
                stopped = f"over {limits.output} bytes of output"
            elif time.monotonic() >= end:
                stopped = f"over {limits.seconds:g} s"
    out, err = (bytes(content[: limits.output]).decode(errors="replace") for content in heard.values())
    return out, err, stopped
