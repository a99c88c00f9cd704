"""The instruction sets there are, by the name that targets give (`isa` of a target's YAML)."""

from __future__ import annotations

from typing import Protocol

from tensorop_gen.isa.driver import TileIsa
from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.x86 import AVX2, AVX512


class Isa(Protocol):
    """What an instruction set must offer."""

    @property
    def name(self) -> str: ...
    @property
    def lanes(self) -> int:
        """Floats of one vector."""

    @property
    def tile(self) -> TileIsa: ...
    def pack(self, kernel: PackKernel) -> Program: ...
    def stream(self, kernel: StreamKernel) -> Program: ...
    def dot(self, kernel: DotKernel) -> Program: ...
    def assembly(self, functions: dict[str, Program]) -> str:
        """The text of a .S file with these functions."""


_ALL: dict[str, Isa] = {isa.name: isa for isa in (AVX2, AVX512)}


def find(name: str) -> Isa:
    """Raises KeyError for an instruction set that has no emitter (such targets run the portable C kernels)."""
    return _ALL[name]
