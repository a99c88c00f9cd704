"""How a program is started: on this machine, under an emulator, on a board, on one of many boards."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import runs
from tensorop_gen.request.model import RequestError
from tensorop_gen.run.base import BoardError, BoardLost, RunKind, Runner
from tensorop_gen.run.board import SCHEME, BoardRunner, find_board
from tensorop_gen.run.emulator import EmulatedRunner, Machine, Vector, find_emulator, install_emulators
from tensorop_gen.run.fleet import Fleet, FleetLost, PoisonError, open_fleet
from tensorop_gen.run.local import LocalRunner
from tensorop_gen.run.scheduler import SCHEME as FLEET_SCHEME

if TYPE_CHECKING:
    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

T = TypeVar("T")
Place = Runner | Fleet

__all__ = [
    "BoardError",
    "BoardLost",
    "BoardRunner",
    "EmulatedRunner",
    "Fleet",
    "FleetLost",
    "LocalRunner",
    "Machine",
    "Place",
    "PoisonError",
    "RunKind",
    "Runner",
    "Vector",
    "call_at",
    "check_on",
    "find_board",
    "find_emulator",
    "find_runner",
    "install_emulators",
    "lacks_instructions",
    "on_board",
    "on_fleet",
    "open_place",
]


def on_board(on: str) -> bool:
    """Whether the value of --on is a board, or many."""
    return on.startswith((SCHEME, FLEET_SCHEME))


def on_fleet(on: str) -> bool:
    """Whether the value of --on is many boards."""
    return on.startswith(FLEET_SCHEME)


def check_on(factors: HardwareFactors, on: str) -> None:
    """Raises RequestError for a value of --on that is not there or does not run a target's code."""
    if on_board(on):
        return
    own = factors.arch == native_arch()
    if on not in ("", "local", "emulator"):
        raise RequestError(f"--on {on} is not there: it is one of local, emulator, ssh://user@host, fleet:host")
    if on == "local" and not own:
        problem = f"this machine ({native_arch()}) does not run code for {factors.name} ({factors.arch})"
        raise RequestError(f"{problem}; use --on emulator or --on ssh://user@host")
    if on == "emulator" and own:
        raise RequestError(
            f"{factors.name} is of this machine's own architecture, which is not emulated; use --on local"
        )


def lacks_instructions(factors: HardwareFactors, on: str) -> bool:
    """Whether a target's code would run on this machine, as no emulator takes it, and cannot."""
    return not on_board(on) and factors.arch == native_arch() and not runs(factors)


def find_runner(factors: HardwareFactors, on: str = "") -> Runner:
    """What runs code for a target. on: "local", "emulator", or a board's address; else this machine if it is of that
    architecture, else an emulator. Raises ToolMissing, BoardError, RequestError."""
    check_on(factors, on)
    if on_board(on):
        return find_board(on)
    return LocalRunner() if factors.arch == native_arch() else find_emulator(Machine.like(factors))


@contextlib.contextmanager
def open_place(factors: HardwareFactors, on: str, tell: Callable[[str], None]) -> Iterator[Place]:
    """The same, or a fleet's boards that have the target. tell: hears of workers that are lost."""
    if on_fleet(on):
        with open_fleet(on, factors.name, tell) as fleet:
            yield fleet
    else:
        yield find_runner(factors, on)


def call_at(place: Place, function: Callable[[Runner, Unpack[Ts]], T], *arguments: Unpack[Ts]) -> T:
    """function(runner, *arguments) where that runner is: in this process, or in that of a fleet's worker."""
    return place.call(function, *arguments) if isinstance(place, Fleet) else function(place, *arguments)
