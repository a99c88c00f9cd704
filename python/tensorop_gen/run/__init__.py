"""How a program is started: on this machine, under an emulator, later on a board."""

from __future__ import annotations

from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.run.base import RunKind, Runner
from tensorop_gen.run.emulator import EmulatedRunner, Machine, Vector, find_emulator, install_emulators
from tensorop_gen.run.local import LocalRunner

__all__ = [
    "EmulatedRunner",
    "LocalRunner",
    "Machine",
    "RunKind",
    "Runner",
    "Vector",
    "find_emulator",
    "find_runner",
    "install_emulators",
]


def find_runner(factors: HardwareFactors) -> Runner:
    """What runs code for a target here: this machine if it is of that architecture, else an emulator. Raises
    ToolMissing."""
    return LocalRunner() if factors.arch == native_arch() else find_emulator(Machine.like(factors))
