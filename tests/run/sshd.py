"""An sshd on loopback whose "board" runs its programs under QEMU: a folder is its disk, another its /sys and /proc."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

USER = "tester"
_ELF = b"\x7fELF"


class Board:
    """machine: what uname says. words: what starts a program of that machine here. Use with `with`.

    A program that arrives is put behind a script that starts it under the emulator: what the board's kernel does, and
    the verifier, itself emulated, starts its candidate so."""

    def __init__(self, folder: Path, home: Path, machine: str, words: Sequence[str] = ()) -> None:
        self.disk, self.root = folder / "disk", folder / "root"
        self.commands: list[str] = []
        self.before = ""  # shell text that runs before every command
        self._words, self._port = words, 0
        bin_ = folder / "bin"
        for made in (self.disk, self.root, bin_):
            made.mkdir(parents=True)
        (bin_ / "uname").write_text(f"#!/bin/sh\necho {machine}\n")
        (bin_ / "uname").chmod(0o755)
        self._environment = {"PATH": f"{bin_}:{os.environ['PATH']}", "HOME": str(self.disk)}
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self._home = home / ".ssh"
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Board:
        self._thread.start()
        server = self._do(self._listen())
        self._port = server.get_port()
        self._home.mkdir(parents=True, exist_ok=True)
        self.client_key.write_private_key(self._home / "id_ed25519")
        public = self._host_key.export_public_key().decode()
        (self._home / "known_hosts").write_text(f"[127.0.0.1]:{self._port} {public}")
        self._server = server
        return self

    def __exit__(self, *_: object) -> None:
        self.break_off()
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def address(self) -> str:
        return f"ssh://{USER}@127.0.0.1:{self._port}"

    @property
    def known_hosts(self) -> Path:
        return self._home / "known_hosts"

    def break_off(self) -> None:
        """All connections break, as when the power goes."""
        for connection in self._connections:
            self._loop.call_soon_threadsafe(connection.abort)
        self._connections.clear()

    def stop(self) -> None:
        """No sshd any more."""
        self._do(self._close())

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        board = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                board._connections.append(conn)

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                return username == USER and key.public_data == board.client_key.public_data

        return await asyncssh.create_server(
            Server, "127.0.0.1", 0, server_host_keys=[self._host_key], process_factory=self._run, encoding=None
        )

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or ""
        self.commands.append(command)
        for folder in ("/sys/", "/proc/"):
            command = command.replace(f" {folder}", f" {self.root}{folder}")
        local = await asyncio.create_subprocess_exec(
            "sh", "-c", f"{self.before}\n{command}", cwd=self.disk, env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert local.stdin is not None
        assert local.stdout is not None
        assert local.stderr is not None
        feeding = asyncio.create_task(_feed(process.stdin, local.stdin))
        await asyncio.gather(_copy(local.stdout, process.stdout), _copy(local.stderr, process.stderr))
        status = await local.wait()
        feeding.cancel()
        self._wrap()
        process.exit(status)

    def _wrap(self) -> None:
        for path in [p for p in self.disk.rglob("*") if p.is_file() and self._words]:
            with path.open("rb") as file:
                if path.suffix != ".elf" and file.read(4) == _ELF and os.access(path, os.X_OK):
                    program = path.with_name(f"{path.name}.elf")
                    path.rename(program)
                    path.write_text(f'#!/bin/sh\nexec {shlex.join(self._words)} {program} "$@"\n')
                    path.chmod(0o755)


async def _feed(source: Any, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    sink.close()


async def _copy(source: asyncio.StreamReader, sink: Any) -> None:
    while data := await source.read(1 << 16):
        with suppress(OSError, asyncssh.Error):
            sink.write(data)
