"""An sshd on loopback whose "board" runs its programs under QEMU: a folder is its disk, another its /sys and /proc.

python sshd.py FOLDER MACHINE [EMULATOR...] is the server, a process of its own; Board starts and stops it."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

USER = "tester"
_ELF = b"\x7fELF"


class Board:
    """machine: what uname says there. words: what starts a program of that machine here. home: whose .ssh folder gets
    the keys. Use with `with`."""

    def __init__(self, folder: Path, home: Path, machine: str, words: Sequence[str]) -> None:
        self.disk, self.root, self.ssh = folder / "disk", folder / "root", home / ".ssh"
        self._before, self._log = folder / "before", folder / "log"
        for made in (self.disk, self.root, self.ssh):
            made.mkdir(parents=True)
        key, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        key.write_private_key(self.ssh / "id_ed25519")
        key.write_public_key(folder / "authorized_keys")
        host_key.write_private_key(folder / "host_key")
        self._server = subprocess.Popen(
            [sys.executable, __file__, str(folder), machine, *words], stdout=subprocess.PIPE, text=True
        )
        assert self._server.stdout
        self.port = int(self._server.stdout.readline())
        public = host_key.export_public_key().decode()
        (self.ssh / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}")

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def address(self) -> str:
        return f"ssh://{USER}@127.0.0.1:{self.port}"

    @property
    def commands(self) -> list[str]:
        """All that were given so far."""
        return self._log.read_text().splitlines() if self._log.exists() else []

    def before(self, script: str) -> None:
        """Shell text that runs before each command from now on."""
        self._before.write_text(script)

    def unplug(self) -> None:
        """Connections break, and nothing answers any more."""
        if self._server.poll() is None:
            self._server.kill()
            self._server.communicate()


class _Commands:
    """A program that arrives is put behind a script that starts it under the emulator: what the kernel of a board does.
    The verifier, itself emulated, starts its candidate through such a script too."""

    def __init__(self, folder: Path, machine: str, words: Sequence[str]) -> None:
        self._folder, self._words, self._disk = folder, words, folder / "disk"
        uname = folder / "bin" / "uname"
        uname.parent.mkdir()
        uname.write_text(f"#!/bin/sh\necho {machine}\n")
        uname.chmod(0o755)
        self._environment = {"PATH": f"{uname.parent}:{os.environ['PATH']}", "HOME": str(self._disk)}

    async def run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or ""
        with (self._folder / "log").open("a") as log:
            log.write(f"{command!r}\n")
        command = command.replace("cd / ", f"cd {shlex.quote(str(self._folder / 'root'))} ")
        before = self._folder / "before"
        script = f"{before.read_text() if before.exists() else ''}\n{command}"
        local = await asyncio.create_subprocess_exec(
            "sh", "-c", script, cwd=self._disk, env=self._environment,
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
        for path in [path for path in self._disk.rglob("*") if path.is_file() and os.access(path, os.X_OK)]:
            with path.open("rb") as file:
                foreign = self._words and path.suffix != ".elf" and file.read(4) == _ELF
            if foreign:
                program = path.rename(path.with_name(f"{path.name}.elf"))
                path.write_text(f'#!/bin/sh\nexec {shlex.join([*self._words, str(program)])} "$@"\n')
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


async def _serve(folder: Path, machine: str, words: Sequence[str]) -> None:
    server = await asyncssh.create_server(
        asyncssh.SSHServer, "127.0.0.1", 0, server_host_keys=[str(folder / "host_key")],
        authorized_client_keys=str(folder / "authorized_keys"),
        process_factory=_Commands(folder, machine, words).run, encoding=None,
    )  # fmt: skip
    sys.stdout.write(f"{server.get_port()}\n")
    sys.stdout.close()
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
