"""AArch64 with NEON: 128-bit vectors, B's elements multiplied by lane."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileRole
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.neon import asm, dot, operands, registers, stream
from tensorop_gen.isa.neon.pack import NeonPack
from tensorop_gen.isa.neon.text import assembly
from tensorop_gen.isa.neon.tile import NeonTile
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Program


@dataclass(frozen=True, slots=True)
class NeonTarget:
    """NEON as isa/target.py wants it."""

    preferences: Preferences

    @property
    def name(self) -> str:
        return "neon"

    @property
    def lanes(self) -> int:
        return asm.LANES

    @property
    def roles(self) -> tuple[Role, ...]:
        return ("pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot")

    def tile_needs(self, role: TileRole, vectors: int, columns: int) -> int:  # noqa: ARG002  # alike for all
        return registers.needs(vectors, columns)

    def most_unroll(self, vectors: int, nr: int) -> int:  # noqa: ARG002  # A's rows are whole vectors
        return operands.most_unroll(nr)

    def stream_needs(self, n: int, products: int) -> int:
        return stream.needs(n, products)

    def dot_needs(self, edge: int, products: int) -> int:
        return dot.needs(edge, products)

    @property
    def tile(self) -> NeonTile:
        return NeonTile()

    def pack(self, kernel: PackKernel) -> Program:
        return NeonPack(kernel).program()

    def stream(self, kernel: StreamKernel) -> Program:
        return stream.NeonStream(kernel).program()

    def dot(self, kernel: DotKernel) -> Program:
        return dot.NeonDot(kernel).program()

    def assembly(self, functions: dict[str, Program]) -> str:
        return assembly(functions)


NEON = NeonTarget(
    Preferences(
        ((2, 12), (3, 8), (4, 6), (2, 8), (4, 4), (1, 16)),
        {"ahead": True, "direct_caps": (15, 10, 7, 5), "stream_products": 32, "dot_products": 16},
        {"packed": {"ahead": (False, True)}},
        unused=frozenset({"prefetch_a", "stream_prefetch"}),
    )
)
