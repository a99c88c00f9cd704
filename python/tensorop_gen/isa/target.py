"""The instruction sets there are, by the name that targets give (`isa` of a target's YAML)."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tensorop_gen.isa.driver import TileIsa
from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileRole
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.neon import NEON
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.rv64 import RV64
from tensorop_gen.isa.rvv import RVV, RVV071
from tensorop_gen.isa.x86 import AVX2, AVX512


class Isa(Protocol):
    """What an instruction set must offer.

    A vector is a register, or `group` registers where the instruction set groups them (GemmParams.group); the needs
    below are counted in vectors."""

    @property
    def name(self) -> str: ...
    @property
    def lanes(self) -> int:
        """Floats of one register; if scalable, of the shortest that the kernels run with."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The kernels that it can write: at least pack_a, pack_b and compute; direct_n and direct_t both or neither."""

    @property
    def preferences(self) -> Preferences: ...
    def tile_needs(self, role: TileRole, vectors: int, columns: int) -> int:
        """Vectors that a tile of this size takes, its accumulators among them."""

    def most_unroll(self, vectors: int, nr: int) -> int:
        """k-steps of one loop pass of COMPUTE that addresses reach, at most."""

    def stream_needs(self, n: int, products: int) -> int: ...
    def dot_needs(self, edge: int, products: int) -> int: ...
    @property
    def tile(self) -> TileIsa: ...
    def pack(self, kernel: PackKernel) -> Program: ...
    def stream(self, kernel: StreamKernel) -> Program: ...
    def dot(self, kernel: DotKernel) -> Program: ...
    def assembly(self, functions: dict[str, Program]) -> str:
        """The text of a .S file with these functions."""


@runtime_checkable
class Scalable(Isa, Protocol):
    """An instruction set whose registers are as long as the running CPU has them."""

    @property
    def most_lanes(self) -> int:
        """Floats of the longest register that the kernels run with: of a longer one they use so many."""

    def count_lanes(self, group: int) -> Program:
        """The kernel `lanes`, int64_t (void): floats of a vector of `group` registers."""


_ISAS: tuple[Isa, ...] = (AVX2, AVX512, NEON, RV64, RVV, RVV071)
_ALL = {isa.name: isa for isa in _ISAS}


def names() -> tuple[str, ...]:
    """Those that have an emitter."""
    return tuple(_ALL)


def find(name: str) -> Isa:
    """Raises KeyError for an instruction set that has no emitter (such targets run the portable C kernels)."""
    return _ALL[name]
