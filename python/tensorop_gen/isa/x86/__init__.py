"""x86-64 with FMA: one emitter for 256-bit (AVX2) and 512-bit (AVX-512) vectors."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, DotKernel, PackKernel, StreamKernel, TileRole
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.x86.dot import X86Dot
from tensorop_gen.isa.x86.isa import X86
from tensorop_gen.isa.x86.pack import X86Pack
from tensorop_gen.isa.x86.stream import RED_ZONE, X86Stream
from tensorop_gen.isa.x86.text import assembly
from tensorop_gen.isa.x86.tile import X86Tile


@dataclass(frozen=True, slots=True)
class X86Target:
    """One vector width as isa/target.py wants it."""

    vectors: X86
    preferences: Preferences

    @property
    def name(self) -> str:
        return self.vectors.name

    @property
    def lanes(self) -> int:
        return self.vectors.lanes

    @property
    def roles(self) -> tuple[Role, ...]:
        return ("pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot")

    def tile_needs(self, role: TileRole, vectors: int, columns: int) -> int:
        """Accumulators, A's vectors and one element of B; AVX2: three for the update, one for the row mask."""
        narrow = self.vectors.bits == 256
        if role == "compute":
            return vectors * columns + max(vectors + 1, 3 * narrow)
        return vectors * columns + vectors + 1 + narrow

    def most_unroll(self, vectors: int, nr: int) -> int:
        """Displacements have 32 bits."""
        return 2**31 // (max(vectors * self.lanes, nr) * FLOAT)

    def stream_needs(self, n: int, products: int) -> int:
        """Four sums, alpha, beta, a vector of A, a row mask, whatever n is; of B what is left, or the red zone."""
        return 8 if n <= 4 and products * FLOAT <= RED_ZONE else self.vectors.registers + 1

    def dot_needs(self, edge: int, products: int) -> int:
        return products + edge + 1 + 3 * (self.vectors.bits == 256)

    @property
    def tile(self) -> X86Tile:
        return X86Tile(self.vectors)

    def pack(self, kernel: PackKernel) -> Program:
        return X86Pack(self.vectors, kernel).program()

    def stream(self, kernel: StreamKernel) -> Program:
        return X86Stream(self.vectors, kernel).program()

    def dot(self, kernel: DotKernel) -> Program:
        return X86Dot(self.vectors, kernel).program()

    def assembly(self, functions: dict[str, Program]) -> str:
        return assembly(functions)


# DIRECT's tiles are small, so that the stores of one overlap with the sums of the next: 12 to 20 sums are enough to
# hide the latency of a multiply-add.
AVX2 = X86Target(
    X86(256),
    Preferences(
        ((2, 6), (3, 4), (1, 12)),
        {
            "direct_caps": (8, 6),
            "direct_work": 200**3,
            "direct_pack_work": 400**3,
            "stream_products": 24,
            "stream_prefetch": True,
            "dot_products": 8,
        },
    ),
)
AVX512 = X86Target(
    X86(512),
    Preferences(
        ((3, 8), (4, 6), (2, 12), (2, 14), (3, 9), (1, 16)),
        {
            "direct_caps": (8, 8, 6, 5, 4),
            "direct_work": 600**3,
            "direct_pack_work": 800**3,
            "stream_products": 32,
            "stream_prefetch": True,
            "dot_products": 16,
        },
        {"direct": {"direct_half": (False, True)}},
    ),
)
