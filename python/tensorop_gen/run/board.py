"""Programs that run on a board, which needs nothing but sshd and a shell.

The verifier runs there with its candidate: they share memory, and the clock must stand beside what it times. What goes
over the wire is lines of text, cases one way and findings the other (relay.py)."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.run.base import BoardError, BoardLost, RunKind

SCHEME = "ssh://"
FOLDER = ".cache/tensorop-gen"  # from the user's home on the board
FAILED, LOST = 255, 254  # exit codes of the relay, which then says why on standard error
_COMMAND_SECONDS = 120.0  # for a small command, connecting and copying counted in


@dataclass(frozen=True, slots=True)
class Address:
    """user, port: "" and 0 leave them to ~/.ssh/config. folder: where programs are put; a relative one begins at the
    user's home."""

    host: str
    user: str = ""
    port: int = 0
    folder: str = FOLDER

    @classmethod
    def parse(cls, text: str) -> Address:
        """ssh://[user@]host[:port][/folder]; raises BoardError."""
        try:
            parts = urlsplit(text)
            port = parts.port or 0
        except ValueError:
            raise _not_an_address(text) from None
        # A name that begins with a dash would be an option to ssh in the advice that messages give.
        names = [parts.hostname or "", *([parts.username] if parts.username is not None else [])]
        well_formed = all(re.fullmatch(r"[\w:%.][\w:%.-]*", name) for name in names)
        if not text.startswith(SCHEME) or not well_formed or parts.password or parts.query or parts.fragment:
            raise _not_an_address(text)
        folder = str(PurePosixPath(unquote(parts.path))) if parts.path.strip("/") else FOLDER
        return cls(parts.hostname or "", parts.username or "", port, folder)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        folder = quote(self.folder) if self.folder != FOLDER else ""
        return f"{SCHEME}{user}{host}{port}{folder}"


@dataclass(frozen=True, slots=True)
class BoardRunner:
    """Starts programs on a board; those of argv that are programs here are copied there first."""

    address: Address
    timeout: float = 60.0
    kind: ClassVar[RunKind] = "measured"
    away: ClassVar[bool] = True

    def command(self, argv: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "tensorop_gen.run.relay", str(self.address), "--", *argv]

    def ask(self, argv: Sequence[str]) -> str:
        """What a small program prints there; raises BoardError."""
        try:
            done = subprocess.run(
                self.command(argv), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                timeout=_COMMAND_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            said = f"{argv[0].rpartition('/')[2]} did not end within {_COMMAND_SECONDS:.0f} s"
            raise BoardError(f"board {self.address}: {said}") from None
        if done.returncode:
            raise trouble(done.returncode, done.stderr)
        return done.stdout


def find_board(text: str) -> BoardRunner:
    """The board at an address; raises BoardError, ToolMissing. Nothing is sent there yet."""
    if importlib.util.find_spec("asyncssh") is None:
        raise ToolMissing("boards are reached by asyncssh, which is not there", "pip install 'tensorop-gen[boards]'")
    return BoardRunner(Address.parse(text))


def trouble(code: int, said: str) -> BoardError:
    """What a relay that ended with this code has met. said: its standard error."""
    if code == LOST:
        return BoardLost(said.strip())
    if code == FAILED:
        return BoardError(said.strip())
    return BoardError(f"the board's program ended with exit code {code}: {said.strip() or 'it said nothing'}")


def _not_an_address(text: str) -> BoardError:
    forms = "ssh://user@host, ssh://user@host:port or ssh://user@host/folder"
    keys = "keys come from ssh-agent or ~/.ssh, passwords are not asked for"
    return BoardError(f'"{text}" is not the address of a board; write {forms} ({keys})')
