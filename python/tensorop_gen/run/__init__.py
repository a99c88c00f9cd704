"""How a program is started: on this machine, under an emulator, later on a board."""

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
    "install_emulators",
]
