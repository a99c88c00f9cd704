"""How a program is started: on this machine, under an emulator, on a board."""

from __future__ import annotations

from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.request.model import RequestError
from tensorop_gen.run.base import BoardError, BoardLost, RunKind, Runner
from tensorop_gen.run.board import SCHEME, BoardRunner, find_board
from tensorop_gen.run.emulator import EmulatedRunner, Machine, Vector, find_emulator, install_emulators
from tensorop_gen.run.local import LocalRunner

__all__ = [
    "BoardError",
    "BoardLost",
    "BoardRunner",
    "EmulatedRunner",
    "LocalRunner",
    "Machine",
    "RunKind",
    "Runner",
    "Vector",
    "check_on",
    "find_board",
    "find_emulator",
    "find_runner",
    "install_emulators",
    "on_board",
]


def on_board(on: str) -> bool:
    """Whether the value of --on is a board."""
    return on.startswith(SCHEME)


def check_on(factors: HardwareFactors, on: str) -> None:
    """Raises RequestError for a value of --on that is not there or does not run a target's code."""
    if on_board(on):
        return
    own = factors.arch == native_arch()
    if on not in ("", "local", "emulator"):
        raise RequestError(f"--on {on} is not there: it is one of local, emulator, ssh://user@host")
    if on == "local" and not own:
        problem = f"this machine ({native_arch()}) does not run code for {factors.name} ({factors.arch})"
        raise RequestError(f"{problem}; use --on emulator or --on ssh://user@host")
    if on == "emulator" and own:
        raise RequestError(
            f"{factors.name} is of this machine's own architecture, which is not emulated; use --on local"
        )


def find_runner(factors: HardwareFactors, on: str = "") -> Runner:
    """What runs code for a target. on: "local", "emulator", or a board's address; else this machine if it is of that
    architecture, else an emulator. Raises ToolMissing, BoardError, RequestError."""
    check_on(factors, on)
    if on_board(on):
        return find_board(on)
    return LocalRunner() if factors.arch == native_arch() else find_emulator(Machine.like(factors))
