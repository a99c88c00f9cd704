"""The steady state of a loop: cycles of a pass, what bounds it, and which line takes them."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tensorop_gen.measure.cost.scoreboard import times
from tensorop_gen.measure.cost.table import Table, ops

if TYPE_CHECKING:
    from tensorop_gen.isa.program import Insn

_SETTLED = 600  # instructions before the first pass that counts, and in those that count
_NEAR = 1.03


@dataclass(frozen=True, slots=True)
class LoopCost:
    """cycles: of a pass; lines: of each of its instructions, which add up to it.

    bound: the most loaded unit or "issue", where that explains the time; else "waiting" for results (or, in order, for
    what stands before). floor: the cycles that the most loaded needs."""

    cycles: float
    bound: str
    floor: float
    lines: tuple[float, ...]


@functools.lru_cache(maxsize=256)
def loop_cost(insns: tuple[Insn, ...], table: Table) -> LoopCost:
    """Of instructions that are run through again and again. Raises CostError."""
    steps, numbers = ops(insns, table)
    passes = max(2, math.ceil(_SETTLED / len(steps)))
    done = times(steps * (2 * passes), table)
    counted = done[passes * len(steps) - 1 :]
    lines = [0.0] * len(insns)
    for i, (before, after) in enumerate(pairwise(counted)):
        lines[numbers[i % len(steps)]] += (after - before) / passes
    cycles = (counted[-1] - counted[0]) / passes
    load = {"issue": sum(s.slots for s in steps) / table.width}
    for number, (name, count) in enumerate(table.units):
        load[name] = sum(s.busy for s in steps if s.unit == number) / count
    bound = max(load, key=load.__getitem__)
    name = bound if cycles <= _NEAR * load[bound] else "waiting"
    return LoopCost(cycles, name, load[bound], tuple(lines))
