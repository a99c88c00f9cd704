"""An instruction set that is not there: RISC-V that rounds after multiplying, with the three kernels that must be."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile
from tensorop_gen.isa.preferences import Preferences
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.rv64 import Rv64Target, asm, loops
from tensorop_gen.isa.rv64.tile import FLOATS, Rv64Tile


@dataclass(frozen=True, slots=True)
class ToyTile(Rv64Tile):
    def step(self, code: Code, tile: Tile, offset: int) -> None:
        """Sums lie as in Rv64Tile; behind them the rows of A, an element of B, a product."""
        sums = FLOATS[: tile.vectors * tile.columns]
        *a, b, product = FLOATS[len(sums) : len(sums) + tile.vectors + 2]
        for i, row in enumerate(a):
            code.emit(asm.load("flw", row, Mem("a1", (offset * tile.kernel.mr + i) * FLOAT, space="a")))
        for j in range(tile.columns):
            code.emit(asm.load("flw", b, Mem("a2", loops.b_bytes(tile.kernel, j, offset), space="b")))
            for i, row in enumerate(a):
                total = sums[j * tile.vectors + i]
                code.emit(asm.op("fmul.s", product, row, b), asm.op("fadd.s", total, total, product))


@dataclass(frozen=True, slots=True)
class ToyTarget(Rv64Target):
    @property
    def tile(self) -> ToyTile:
        return ToyTile()


TOY = ToyTarget(Preferences(((3, 4),), {"prefetch_c": 0}), name="toy", roles=("pack_a", "pack_b", "compute"))
