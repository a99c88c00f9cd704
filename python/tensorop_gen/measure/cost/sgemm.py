"""A whole product as kernels/gemm/sketch.c.j2 makes it: which tiles, which data from where, how long (Low et al.,
Analytical Modeling Is Enough for High-Performance BLIS, TOMS 2016). C = A * B, beta = 0, one thread.

A, B and C here are as the sketch sees them: C has contiguous columns, so those of a row-major call change places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.isa.kernel import PackKernel, TileKernel
from tensorop_gen.measure.cost.memory import FLOAT, Memory
from tensorop_gen.measure.cost.model import Parts, Path, Prediction
from tensorop_gen.measure.cost.pack import pack_cost
from tensorop_gen.measure.cost.table import CostError, Table
from tensorop_gen.measure.cost.tile import TileCall, tile_cost
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorop_gen.hardware.model import HardwareFactors, Source
    from tensorop_gen.isa.names import Role
    from tensorop_gen.isa.program import Program
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.request.model import Shape

# Assumed: instructions of the sketch round a tile's call, and of the BLAS interface round the whole.
_ROUND_TILE, _ROUND_CALL = 30, 300


@dataclass(frozen=True, slots=True)
class Product:
    """m x k x n as the sketch sees it; rows_a: A's rows are contiguous, steps_b: B's k-steps are."""

    m: int
    k: int
    n: int
    rows_a: bool
    steps_b: bool

    @classmethod
    def of(cls, shape: Shape) -> Product:
        """The row-major call: C' = B' A'."""
        return cls(shape.n, shape.k, shape.m, shape.layout[1] == "N", shape.layout[0] == "N")

    @property
    def bytes(self) -> int:
        return FLOAT * (self.m * self.k + self.k * self.n + self.m * self.n)


@dataclass
class _Sum:
    """Cycles so far, by part."""

    loops: float = 0.0
    tiles: float = 0.0
    pack: float = 0.0
    memory: float = 0.0


@dataclass
class Model:
    """Of one candidate on its target. programs: as they are, or reordered; loop: factor on COMPUTE's k-loop, where
    another model knows the CPU better."""

    factors: HardwareFactors
    params: GemmParams
    programs: Mapping[Role, Program] | None = None
    loads: float = 1.0
    loop: float = 1.0
    _table: Table = field(init=False)
    _memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self._isa = target.find(self.factors.isa)
        self._specs = kernels.specs(self.params, self._isa)
        self._programs = self.programs or kernels.write(self.params, self._isa)
        self._table, self._memory = Table.of(self.factors, self.loads), Memory.of(self.factors, self.loads)
        self._lanes = lanes(self.factors)
        self._width = lanes(self.factors, self.params.group)
        self._mr = self.params.mr(self._width)

    def predict(self, shape: Shape) -> Prediction:
        """Raises CostError where the target's file says too little, or for a path that is not modelled."""
        product, found = Product.of(shape), _Sum()
        path = self._path(product)
        {"packed": self._packed, "direct": self._direct, "direct_pack": self._direct_pack}[path](product, found)
        parts = Parts(**vars(found), call=_ROUND_CALL / self._table.width)
        flops, clock = 2 * product.m * product.k * product.n, self.factors.clock_ghz or 0.0
        per_cycle = flops / parts.cycles
        return Prediction(
            shape=shape,
            path=path,
            loads=self.loads,
            cycles=parts.cycles,
            percent=100 * per_cycle / self.factors.flops_per_cycle,
            gflops=per_cycle * clock,
            parts=parts,
        )

    def _path(self, product: Product) -> Path:
        """As the sketch chooses; raises CostError for its two ways to read one operand once."""
        p, roles = self.params, self._isa.roles
        if "stream" in roles and product.rows_a and product.n <= p.stream_n and product.m >= p.stream_min_rows:
            raise CostError("narrow C goes the way STREAM, which is bound by memory and not modelled")
        few = (product.m <= p.dot_edge and product.steps_b) or (product.n <= p.dot_edge and not product.rows_a)
        if "dot" in roles and few and product.k >= p.dot_min_k:
            raise CostError("a narrow operand goes the way DOT, which is bound by memory and not modelled")
        work = product.m * product.k * product.n
        if "direct_n" in roles and product.rows_a and (work <= p.direct_work or product.m <= p.direct_min_rows):
            return "direct"
        if "direct_n" in roles and (work <= p.direct_pack_work or product.n <= p.direct_min_columns):
            return "direct_pack"
        return "packed"

    # Packed

    def _packed(self, product: Product, found: _Sum) -> None:
        p, mr = self.params, self._mr
        kb, mb, nb = even(product.k, p.kc, 1), even(product.m, max(p.mc // mr, 1) * mr, mr), even(product.n, p.nc, p.nr)
        for n, n_times in blocks(product.n, nb):
            for index, (kc, k_times) in enumerate(blocks(product.k, kb)):
                self._pack("pack_b", product, n, kc, n_times * k_times, found)
                for m, m_times in blocks(product.m, mb):
                    times = n_times * k_times * m_times
                    self._pack("pack_a", product, m, kc, times, found)
                    first = n_times * m_times if index == 0 else 0  # blocks that find no C to add to
                    self._block(product, (m, n, kc), times - first, True, found)
                    self._block(product, (m, n, kc), first, False, found)

    def _block(self, product: Product, size: tuple[int, int, int], times: int, add: bool, found: _Sum) -> None:
        """All tiles of a packed block of A and one of B."""
        m, n, kc = size
        for columns, c_times in blocks(n, self.params.nr) if times else ():
            compute = 0.0
            for rows, r_times in blocks(m, self._mr):
                compute += r_times * self._tile("compute", rows, columns, kc, add, times * c_times * r_times, found)
            found.memory += times * c_times * self._waiting(product, (m, n, kc), columns, compute)

    def _waiting(self, product: Product, size: tuple[int, int, int], columns: int, compute: float) -> float:
        """For a column of tiles: A's block and B's panel come in address order while the tiles are computed; C's
        columns are runs of MR rows each."""
        m, n, kc = size
        nr, mr, memory = self.params.nr, self._mr, self._memory
        panel_a, panel_b, c_tile = FLOAT * mr * kc, FLOAT * nr * kc, FLOAT * mr * nr
        block_a, block_b = FLOAT * m * kc, FLOAT * n * kc
        a_from = memory.holding(block_a + 2 * panel_b + FLOAT * m * nr)
        b_from = memory.holding(panel_a + panel_b + c_tile)  # between two tiles of one column
        b_first = memory.holding(block_a + panel_b) if m == product.m else memory.holding(block_b + block_a)
        tiles = -(-m // mr)
        runs = [(block_a, a_from), (panel_b, b_first), ((tiles - 1) * panel_b, b_from)]
        c_from = memory.holding(min(product.bytes, FLOAT * product.m * n + block_a + block_b))
        bringing, starting = self._runs(runs)
        c_wait, c_bring = self._c(m, columns, c_from)
        return max(0.0, bringing + c_bring - compute) + starting + c_wait

    def _runs(self, runs: list[tuple[int, Source | None]]) -> tuple[float, float]:
        """Cycles that the link to L1 is busy, and until each run's first line is there."""
        memory = self._memory
        far = {id(feed): feed for size, feed in runs if feed and size}
        return sum(memory.run(size, feed) for size, feed in runs), sum(memory.first(feed) for feed in far.values())

    def _c(self, rows: int, columns: int, feed: Source | None) -> tuple[float, float]:
        """Cycles that C's lines are waited for, and that they take the link: read and written back."""
        memory, mr = self._memory, self._mr
        runs = columns * -(-rows // mr)
        bring = 2 * memory.run(runs * memory.lines(min(mr, rows)) * memory.line, feed)
        fetched_before = self.params.prefetch_c > 0
        return (0.0 if fetched_before else memory.scattered(runs * memory.lines(min(mr, rows)), feed)), bring

    def _pack(self, role: Role, product: Product, width: int, kc: int, times: int, found: _Sum) -> None:
        """All panels of a block of A or B, its source not read before since the last product."""
        kernel = self._specs[role]
        assert isinstance(kernel, PackKernel)
        rows = product.rows_a if role == "pack_a" else not product.steps_b
        panel = self._mr if role == "pack_a" else self.params.nr
        cost = pack_cost(self._isa.name, kernel, self._programs[role], self._lanes, rows, self._table)
        panels, memory = -(-width // panel), self._memory
        compute = panels * cost.start + width * kc * cost.per_float
        feed, size = memory.holding(product.bytes), FLOAT * width * kc
        if rows and not self.params.prefetch_pack:
            waiting = memory.scattered(kc * memory.lines(width), feed)
        else:  # rows one behind the other, or fetched with the panel before
            waiting = max(0.0, memory.run(size, feed) - compute) + panels * memory.first(feed)
        found.pack += times * compute
        found.memory += times * waiting

    # Where they lie

    def _direct(self, product: Product, found: _Sum) -> None:
        p, most = self.params, len(self.params.direct_caps) * self._width
        rows_at_once, kb = even(product.m, most, self._width), even(product.k, p.direct_kc, 1)
        for index, (kc, k_times) in enumerate(blocks(product.k, kb)):
            for rows, r_times in blocks(product.m, rows_at_once):
                first = r_times if index == 0 else 0
                self._rows(product, rows, kc, k_times * r_times - first, True, found)
                self._rows(product, rows, kc, first, False, found)

    def _direct_pack(self, product: Product, found: _Sum) -> None:
        for index, (kc, k_times) in enumerate(blocks(product.k, even(product.k, self.params.kc, 1))):
            for rows, r_times in blocks(product.m, self._mr):
                self._pack("pack_a", product, rows, kc, k_times * r_times, found)
                first = r_times if index == 0 else 0
                self._rows(product, rows, kc, k_times * r_times - first, True, found)
                self._rows(product, rows, kc, first, False, found)

    def _rows(self, product: Product, rows: int, kc: int, times: int, add: bool, found: _Sum) -> None:
        """One block of rows of A, all columns of B, where it lies."""
        role: Role = "direct_n" if product.steps_b else "direct_t"
        if not times:
            return
        at_once = even(product.n, self.params.direct_caps[-(-rows // self._width) - 1], 1)
        compute = 0.0
        for columns, c_times in blocks(product.n, at_once):
            compute += c_times * self._tile(role, rows, columns, kc, add, times * c_times, found)
        memory, a, b = self._memory, FLOAT * rows * kc, FLOAT * kc * product.n
        a_from, b_from = memory.holding(product.bytes), memory.holding(min(product.bytes, a + b))
        bringing, starting = self._runs([(a, a_from), (b, b_from)])
        c_from = memory.holding(product.bytes)
        bringing += 2 * memory.run(product.n * memory.lines(rows) * memory.line, c_from)
        found.memory += times * (max(0.0, bringing - compute) + starting)

    def _tile(self, role: Role, rows: int, columns: int, kc: int, add: bool, times: int, found: _Sum) -> float:
        """Adds so many tiles; the cycles of one."""
        kernel = self._specs[role]
        assert isinstance(kernel, TileKernel)
        call = TileCall(rows, columns, kc, add, self._width)
        cost = tile_cost(self._isa.name, kernel, self._programs[role], call, self._table)
        rest = cost.rest + _ROUND_TILE / self._table.width
        factor = self.loop if role == "compute" else 1.0
        loops = max(cost.loop * factor, cost.floor) * cost.passes
        found.loops += times * loops
        found.tiles += times * rest
        return loops + rest


def even(total: int, most: int, grain: int) -> int:
    """The sketch's: blocks of even sizes, as few as `most` makes, multiples of grain."""
    size = -(-total // -(-total // most))
    return -(-size // grain) * grain


def blocks(total: int, size: int) -> Iterator[tuple[int, int]]:
    """Sizes of the blocks that total is cut into, and how many there are of each."""
    whole, rest = divmod(total, size)
    return itertools.chain([(size, whole)] if whole else [], [(rest, 1)] if rest else [])
