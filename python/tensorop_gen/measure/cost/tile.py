"""Cycles of one call of COMPUTE or DIRECT, all data in L1: loop, start, update of C, end."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.isa.driver import PipelinedIsa
from tensorop_gen.isa.kernel import Edge, Tile, TileKernel
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.same import Same
from tensorop_gen.measure.cost.scoreboard import times
from tensorop_gen.measure.cost.table import Table, ops
from tensorop_gen.measure.cost.trace import follow, sections, shortened, tile_labels

if TYPE_CHECKING:
    from tensorop_gen.isa.program import Insn, Program
    from tensorop_gen.measure.cost.trace import Section

_PASSES = 3  # of each loop, in the call from which its start and end are taken


@dataclass(frozen=True, slots=True)
class TileCost:
    """rest: cycles of start, update and end; passes: of the loop, `loop` cycles each, which cannot be less than
    `floor`."""

    rest: float
    loop: float
    floor: float
    passes: int


@dataclass(frozen=True, slots=True)
class TileCall:
    """What a call is for: a tile of rows x columns, k steps. add: C is read. width: floats of a vector."""

    rows: int
    columns: int
    k: int
    add: bool
    width: int

    def tile(self, isa_name: str, kernel: TileKernel) -> Tile:
        vectors = -(-self.rows // self.width)
        return Tile(kernel, vectors, self.columns, self._edge(target.find(isa_name).tile.edges(kernel), vectors))

    def _edge(self, edges: tuple[Edge, ...], vectors: int) -> Edge:
        """The most special way to read the last vector that fits."""
        last = self.rows - (vectors - 1) * self.width
        fits = {
            "whole": last == self.width or edges[-1] == "whole" or (edges[-1] == "narrow" and self.rows >= self.width),
            "half": last <= self.width // 2,
            "masked": True,
            "narrow": True,
        }
        return next(edge for edge in edges if fits[edge])


def loop_of(program: Program, tile: Tile) -> tuple[Insn, ...]:
    """The k-loop's instructions up to its jump back."""
    label = f"{tile.label}_loop"
    block = next(block for block in program.blocks if block.label == label)
    jump = next(i for i, insn in enumerate(block.insns) if insn.kind == "branch")
    return block.insns[: jump + 1]


def _start_and_end(once: tuple[Insn, ...], table: Table) -> float:
    """Cycles that a call adds to those before it."""
    steps, _ = ops(once, table)
    done = times(steps * 2, table)
    return done[-1] - done[len(steps) - 1]


def tile_cost(isa_name: str, kernel: TileKernel, program: Program, call: TileCall, table: Table) -> TileCost:
    """Raises CostError where the target's file says too little."""
    return _tile_cost(isa_name, kernel, Same(program), call, Same(table))


@functools.lru_cache(maxsize=256)
def _tile_cost(
    isa_name: str, kernel: TileKernel, program_key: Same[Program], call: TileCall, table_key: Same[Table]
) -> TileCost:
    program, table = program_key.value, table_key.value
    tile = call.tile(isa_name, kernel)
    pipelined = isinstance(target.find(isa_name).tile, PipelinedIsa)
    runs = sections(tile, call.k, pipelined)
    loop = loop_cost(loop_of(program, tile), table)
    short = shortened(runs, _PASSES)
    once = _once(program_key, tile, short, call.rows % call.width != 0, call.add, table_key)
    rest = once - loop.cycles * sum(run.passes for run in short)
    passes = sum(run.passes for run in runs)
    # One wrong prediction a call: the end of its loop.
    return TileCost(rest + table.mispredict, loop.cycles, loop.floor, passes)


@functools.lru_cache(maxsize=1024)
def _once(
    program_key: Same[Program],
    tile: Tile,
    short: tuple[Section, ...],
    edge_rows: bool,
    add: bool,
    table_key: Same[Table],
) -> float:
    """Cycles of a call with so few passes: the same for most k."""
    program = program_key.value
    labels = tile_labels(program, tile, short, edge_rows, add)
    return _start_and_end(follow(program, labels, tile.columns), table_key.value)
