"""One candidate's kernels with their costs, and the cycles that a product's tiles and panels add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.isa.kernel import PackKernel, TileKernel
from tensorop_gen.measure.cost.memory import FLOAT, Memory
from tensorop_gen.measure.cost.pack import pack_cost
from tensorop_gen.measure.cost.table import Table
from tensorop_gen.measure.cost.tile import TileCall, tile_cost
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorop_gen.hardware.model import HardwareFactors, Source
    from tensorop_gen.isa.names import Role
    from tensorop_gen.isa.program import Program
    from tensorop_gen.measure.cost.product import Product
    from tensorop_gen.operators.gemm.params import GemmParams

_ROUND_TILE = 30  # assumed: instructions of the sketch round a tile's call


@dataclass
class Account:
    """loops, tiles, pack, memory: cycles so far, as in model.py. loop: factor on COMPUTE's k-loop."""

    factors: HardwareFactors
    params: GemmParams
    programs: Mapping[Role, Program]
    table: Table
    memory: Memory
    loop: float
    loops: float = 0.0
    tiles: float = 0.0
    pack: float = 0.0
    waiting: float = 0.0
    width: int = field(init=False)
    mr: int = field(init=False)

    def __post_init__(self) -> None:
        self.isa = target.find(self.factors.isa)
        self.specs = kernels.specs(self.params, self.isa)
        self.width = lanes(self.factors, self.params.group)
        self.mr = self.params.mr(self.width)

    def has(self, prefetch: str) -> bool:
        """Whether a parameter is on that the instruction set can follow."""
        return bool(getattr(self.params, prefetch)) and prefetch not in self.isa.preferences.unused

    def tile(self, role: Role, rows: int, columns: int, kc: int, add: bool, times: int) -> float:
        """Adds so many tiles; the cycles of one."""
        kernel = self.specs[role]
        assert isinstance(kernel, TileKernel)
        call = TileCall(rows, columns, kc, add, self.width)
        cost = tile_cost(self.isa.name, kernel, self.programs[role], call, self.table)
        loops = max(cost.loop * (self.loop if role == "compute" else 1.0), cost.floor) * cost.passes
        rest = cost.rest + _ROUND_TILE / self.table.width
        self.loops += times * loops
        self.tiles += times * rest
        return loops + rest

    def panels(self, role: Role, product: Product, width: int, kc: int, times: int) -> None:
        """Adds the packing of so many blocks of A or B, width rows x kc steps, not read before in this product."""
        kernel, memory = self.specs[role], self.memory
        assert isinstance(kernel, PackKernel)
        rows = product.rows_a if role == "pack_a" else not product.steps_b
        panel = self.mr if role == "pack_a" else self.params.nr
        cost = pack_cost(self.isa.name, kernel, self.programs[role], lanes(self.factors), rows, self.table)
        compute = -(-width // panel) * cost.start + width * kc * cost.per_float
        feed, size = memory.holding(product.bytes), FLOAT * width * kc
        if rows and not self.has("prefetch_pack"):  # short runs, far from each other
            waiting = memory.scattered(kc * memory.lines(width), feed)
        else:
            waiting = max(0.0, memory.run(size, feed) - compute)
            waiting += 0.0 if rows else memory.scattered(width, feed)  # each row's beginning
        self.pack += times * compute
        self.waiting += times * waiting

    def runs(self, wanted: list[tuple[int, Source | None]]) -> tuple[float, float]:
        """For runs of so many bytes: cycles that the link to L1 is busy beside the kernel, and that the kernel waits:
        for each run's first line or, where nothing fetches ahead, for every line."""
        memory = self.memory
        busy = sum(memory.run(size, feed) for size, feed in wanted)
        if not memory.prefetched:
            return 0.0, busy
        return busy, sum(memory.first(feed) for size, feed in wanted if size)
