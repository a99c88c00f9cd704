"""How a program is started: on this machine, later under an emulator or on a board."""

from tensorop_gen.run.base import RunKind, Runner
from tensorop_gen.run.local import LocalRunner

__all__ = ["LocalRunner", "RunKind", "Runner"]
