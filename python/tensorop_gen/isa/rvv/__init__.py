"""RISC-V vectors: one emitter for RVV 1.0, printed as text, and RVV 0.7.1, printed as instruction words."""

from __future__ import annotations

from dataclasses import dataclass, field

from tensorop_gen.isa.kernel import FLOAT, DotKernel, PackKernel, StreamKernel, TileRole
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Code, Insn, Program
from tensorop_gen.isa.rv64 import UNUSED, asm, text
from tensorop_gen.isa.rv64.loops import REACH
from tensorop_gen.isa.rvv.dot import RvvDot, grouping
from tensorop_gen.isa.rvv.encode import word
from tensorop_gen.isa.rvv.pack import RvvPack
from tensorop_gen.isa.rvv.stream import MOST_COLUMNS, MOST_PRODUCTS, RvvStream
from tensorop_gen.isa.rvv.tile import RvvTile
from tensorop_gen.isa.rvv.vectors import VECTORS, Vectors

_TOO_MANY = VECTORS + 1


@dataclass(frozen=True, slots=True)
class RvvTarget:
    """One dialect as isa/target.py wants it. lanes: RVV has at least 128 bits; most_lanes: 1024 bits."""

    name: str
    preferences: Preferences
    words: bool = False
    lanes: int = 4
    most_lanes: int = 32
    roles: tuple[Role, ...] = field(
        default=("pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot", "lanes")
    )

    def tile_needs(self, role: TileRole, vectors: int, columns: int) -> int:  # noqa: ARG002  # the same for all
        """Accumulators and A's vectors; B's elements are in float registers."""
        return vectors * (columns + 1)

    def most_unroll(self, vectors: int, nr: int) -> int:  # noqa: ARG002  # A's vectors have a pointer each
        return (REACH // FLOAT - (nr - 1)) // nr

    def stream_needs(self, n: int, products: int) -> int:
        """STREAM has its own grouping, and B's elements in float registers: it fits or not."""
        return 1 if n <= MOST_COLUMNS and products <= MOST_PRODUCTS else _TOO_MANY

    def dot_needs(self, edge: int, products: int) -> int:
        """DOT takes the largest grouping that fits: one does or none."""
        return 1 if grouping(edge, products) else _TOO_MANY

    @property
    def tile(self) -> RvvTile:
        return RvvTile(self.most_lanes)

    def pack(self, kernel: PackKernel) -> Program:
        return RvvPack(kernel, self.most_lanes).program()

    def stream(self, kernel: StreamKernel) -> Program:
        return RvvStream(kernel).program()

    def dot(self, kernel: DotKernel) -> Program:
        return RvvDot(kernel).program()

    def count_lanes(self, group: int) -> Program:
        code = Code()
        unit = Vectors(group)
        code.emit(asm.constant("a0", self.most_lanes * group), unit.setvl("a0", "a0"), asm.ret())
        return code.program()

    def assembly(self, functions: dict[str, Program]) -> str:
        if self.words:
            return text.assembly(functions, printer=_word)
        return text.assembly(functions, extension="v")


def _word(insn: Insn) -> str | None:
    """A vector instruction as its word, with its RVV 1.0 text as a comment."""
    encoded = word(insn)
    return None if encoded is None else f".word\t{encoded:#010x}\t# {text.line(insn)}"


_UNUSED = UNUSED | {"stream_prefetch"}
_START = {
    "prefetch_c": 0,
    "direct_prefetch_c": 0,
    "stream_products": 16,
}  # the baseline has no prefetch; so many elements need no saving
_CHOICES = {"packed": {"ahead": (False, True)}}
_GROUPS_OF_4 = {"group": 4, "splat": False, "vectors": 1, "nr": 7, "direct_caps": (7, 3)}
# In-order CPUs with wide units: the operands of a step are loaded among the products of the one before.
RVV = RvvTarget(
    "rvv",
    Preferences(
        ((1, 14), (1, 15), (1, 12), (2, 7), (2, 6)),
        _START | {"group": 2, "ahead": True, "unroll": 8, "direct_caps": (14, 7, 4)},
        _CHOICES,
        together=(_GROUPS_OF_4, {"group": 1, "vectors": 2, "nr": 14, "direct_caps": (16, 14, 9)}),
        unused=_UNUSED,
    ),
)
# Vectors of four registers: cores that take several cycles for a short one reach their peak with them, and cores whose
# products with a float register are slow lose least (they may be faster still with single registers and splat).
RVV071 = RvvTarget(
    "rvv071",
    Preferences(
        ((1, 7), (1, 6), (2, 3), (4, 6), (6, 4), (5, 5), (3, 8)),
        _START | _GROUPS_OF_4,
        _CHOICES,
        together=({"group": 1, "splat": True, "vectors": 4, "nr": 6, "direct_caps": (14, 12, 9, 6)}, _GROUPS_OF_4),
        unused=_UNUSED,
    ),
    words=True,
)
