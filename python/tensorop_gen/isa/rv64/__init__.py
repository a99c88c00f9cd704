"""RISC-V without vectors (RV64GC): fused multiply-adds of single floats; a vector is one float register."""

from __future__ import annotations

from dataclasses import dataclass, field

from tensorop_gen.isa.kernel import FLOAT, DotKernel, PackKernel, StreamKernel, TileRole
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.rv64.loops import REACH
from tensorop_gen.isa.rv64.pack import Rv64Pack
from tensorop_gen.isa.rv64.text import assembly
from tensorop_gen.isa.rv64.tile import FLOATS, Rv64Tile, needs


@dataclass(frozen=True, slots=True)
class Rv64Target:
    """RV64GC as isa/target.py wants it. It has no STREAM and no DOT: one float at a time, DIRECT is as good."""

    preferences: Preferences
    name: str = "rv64"
    lanes: int = 1
    roles: tuple[Role, ...] = field(default=("pack_a", "pack_b", "compute", "direct_n", "direct_t"))

    def tile_needs(self, role: TileRole, vectors: int, columns: int) -> int:  # noqa: ARG002  # alike for all
        return needs(vectors, columns)

    def most_unroll(self, vectors: int, nr: int) -> int:
        return REACH // (max(vectors, nr) * FLOAT)

    def stream_needs(self, n: int, products: int) -> int:  # noqa: ARG002  # there is none
        return len(FLOATS) + 1

    def dot_needs(self, edge: int, products: int) -> int:  # noqa: ARG002  # there is none
        return len(FLOATS) + 1

    @property
    def tile(self) -> Rv64Tile:
        return Rv64Tile()

    def pack(self, kernel: PackKernel) -> Program:
        return Rv64Pack(kernel).program()

    def stream(self, kernel: StreamKernel) -> Program:
        raise ValueError(f"{self.name} has no {kernel}")

    def dot(self, kernel: DotKernel) -> Program:
        raise ValueError(f"{self.name} has no {kernel}")

    def assembly(self, functions: dict[str, Program]) -> str:
        return assembly(functions)


# The baseline has no prefetch.
UNUSED = frozenset(
    {"prefetch_a", "prefetch_b", "prefetch_c", "prefetch_pack", "direct_prefetch_a", "direct_prefetch_c"}
)
RV64 = Rv64Target(
    Preferences(
        ((4, 4), (3, 5), (5, 4), (4, 6)),
        {"prefetch_c": 0, "direct_prefetch_c": 0, "direct_caps": (8, 6, 5, 4, 3)},
        unused=UNUSED,
    )
)
