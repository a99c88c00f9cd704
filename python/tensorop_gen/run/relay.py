"""python -m tensorop_gen.run.relay ADDRESS -- ARGV...: runs a program on a board as if it ran here.

Programs among ARGV are copied there. Standard input, output, error and the exit code are the program's own, unless the
board fails: then standard error ends in why, and the exit code is board.FAILED or board.LOST."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh

from tensorop_gen.run.board import FAILED, LOST, Address

CONNECT_SECONDS = 20.0
COPY_SECONDS = 300.0  # a few megabytes over a slow line
KEEPALIVE_SECONDS, KEEPALIVES = 10.0, 3  # a board that says nothing for so long is lost
_NOT_STARTED = (126, 127)  # the shell's exit codes
_KILLED = (signal.SIGKILL, signal.SIGPIPE)  # SIGPIPE: not the verifier, but its candidate
_PROGRAM = b"\x7fELF"


class Trouble(Exception):  # noqa: N818  # the board's, not this program's
    """Ends the relay. code: its exit code."""

    def __init__(self, said: str, code: int = FAILED) -> None:
        super().__init__(said)
        self.code = code


class Board:
    """A connection to a board. Programs are named there by their content; the first of a command is kept for the next
    time, the others are removed when it ends, even if the connection breaks."""

    def __init__(self, connection: asyncssh.SSHClientConnection, address: Address) -> None:
        self._connection, self._address = connection, address
        self._folder = shlex.quote(address.folder)
        self._passing: list[str] = []

    async def run(self, argv: Sequence[str]) -> int:
        """Copies what argv needs and runs it; its exit code. Raises Trouble."""
        await self._must(f"mkdir -p {self._folder}")
        words = [await self._there(word, keep=number == 0) for number, word in enumerate(argv)]
        tidy = f"rm -f {shlex.join(self._passing)}; " if self._passing else ""
        script = f"cd {self._folder} || exit 126; {shlex.join(words)}; status=$?; {tidy}exit $status"
        process = await self._connection.create_process(script, encoding=None)
        threading.Thread(target=_feed, args=(asyncio.get_running_loop(), process.stdin), daemon=True).start()
        await asyncio.gather(_copy(process.stdout, sys.stdout.fileno()), _copy(process.stderr, sys.stderr.fileno()))
        await process.wait_closed()
        return self._ending(Path(argv[0]).name, process.returncode)

    def _ending(self, name: str, status: int | None) -> int:
        if status is None:
            raise Trouble(f"{self._at}: the connection broke while {name} ran; see whether the board is up", LOST)
        if (-status if status < 0 else status - 128) in _KILLED:
            said = f"{name} was killed there: out of memory, by all signs (dmesg on the board tells); stop what else"
            raise Trouble(f"{self._at}: {said} runs there", LOST)
        if status in _NOT_STARTED:
            raise Trouble(f"{self._at}: {name} cannot be started there; was it built for another CPU?")
        return status

    async def _there(self, word: str, keep: bool) -> str:
        """How a word of argv is written on the board, where it is copied if it is a program."""
        path = Path(word)
        content = path.read_bytes() if path.is_absolute() and path.is_file() else b""
        if not content.startswith(_PROGRAM):
            return word
        name = f"{path.name}-{hashlib.sha256(content).hexdigest()[:16]}"
        if not keep:
            name += f"-{os.urandom(8).hex()}"
            self._passing.append(name)
        elif (await self._do(f"test -x {self._folder}/{name}")).exit_status == 0:
            return f"./{name}"
        part = f"{name}.{os.urandom(8).hex()}"
        put = f"{{ cat >{part} && chmod 700 {part} && mv {part} {name}; }} || {{ rm -f {part}; exit 1; }}"
        await self._must(f"cd {self._folder} && {put}", content)
        return f"./{name}"

    async def _must(self, script: str, content: bytes = b"") -> None:
        done = await self._do(script, content)
        if done.exit_status:
            said = _text(done.stderr) or f"exit code {done.exit_status}"
            elsewhere = replace(self._address, folder="/var/tmp/tensorop")
            raise Trouble(f"{self._at}: cannot write to {self._address.folder} there: {said}\nmake room, or choose "
                          f"another folder: --on {elsewhere}")  # fmt: skip

    async def _do(self, script: str, content: bytes = b"") -> asyncssh.SSHCompletedProcess:
        return await self._connection.run(script, input=content, encoding=None, timeout=COPY_SECONDS)

    @property
    def _at(self) -> str:
        return f"board {self._address}"


def _text(output: bytes | str | None) -> str:
    return (output.decode(errors="replace") if isinstance(output, bytes) else output or "").strip()


def _feed(loop: asyncio.AbstractEventLoop, sink: asyncssh.SSHWriter[bytes]) -> None:
    """Standard input, whatever it is, as it comes; in a thread, which may wait for it when all else has ended."""

    async def pass_on(data: bytes) -> None:
        if data:
            sink.write(data)
            await sink.drain()
        else:
            sink.write_eof()

    with suppress(OSError, asyncssh.Error, RuntimeError):  # the end of the program, which the caller sees
        while True:
            data = os.read(sys.stdin.fileno(), 1 << 16)
            asyncio.run_coroutine_threadsafe(pass_on(data), loop).result()
            if not data:
                return


async def _copy(source: asyncssh.SSHReader[bytes], target: int) -> None:
    while data := await source.read(1 << 16):
        while data:
            data = data[os.write(target, data) :]


async def relay(address: Address, argv: Sequence[str]) -> int:
    """Runs argv on the board; its exit code. Raises Trouble."""
    try:
        connection = await _connect(address)
    except (OSError, asyncssh.Error, TimeoutError, asyncio.TimeoutError) as error:
        raise Trouble(f"board {address}: {_why(error, address)}") from error
    try:
        return await Board(connection, address).run(argv)
    except asyncio.TimeoutError:
        raise Trouble(f"board {address}: no end after {COPY_SECONDS:.0f} s of copying", LOST) from None
    except (OSError, asyncssh.Error) as error:
        raise Trouble(f"board {address}: the connection broke: {error}", LOST) from error
    finally:
        connection.abort()


async def _connect(address: Address) -> asyncssh.SSHClientConnection:
    """Host keys by ~/.ssh/known_hosts, the user's by ssh-agent, ~/.ssh and ~/.ssh/config; never a password."""
    given: dict[str, Any] = {"username": address.user} if address.user else {}
    given |= {"port": address.port} if address.port else {}
    return await asyncssh.connect(
        address.host, **given, connect_timeout=CONNECT_SECONDS, login_timeout=CONNECT_SECONDS,
        keepalive_interval=KEEPALIVE_SECONDS, keepalive_count_max=KEEPALIVES,
        preferred_auth="gssapi-with-mic,publickey", compression_algs=("zlib@openssh.com", "none"),
    )  # fmt: skip


def _why(error: BaseException, address: Address) -> str:
    """What kept it from connecting, and the way out."""
    port, user = f"-p {address.port} " if address.port else "", f"{address.user}@" if address.user else ""
    login = f"{port}{user}{address.host}"
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        known = f"its host key is not the one in ~/.ssh/known_hosts, or not there at all ({error})"
        return f"{known}; compare the fingerprint that this shows, and accept it if it is right: ssh {login} true"
    if isinstance(error, asyncssh.PermissionDenied):
        return f"it does not accept any of your keys ({error}); give it one: ssh-copy-id {login}"
    if isinstance(error, ConnectionRefusedError):
        return f"it refuses the connection; is sshd running there, at this port? Try: ssh {login} true"
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return f"no answer within {CONNECT_SECONDS:.0f} s; is it up? Try: ssh {login} true"
    return f"cannot connect: {error}. Try: ssh {login} true"


def main(arguments: list[str]) -> int:
    """See above."""
    address, _, *argv = arguments
    try:
        return asyncio.run(relay(Address.parse(address), argv))
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.code


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
