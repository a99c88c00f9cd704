"""Cycles of PACK, all data in L1."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.isa.target import Scalable
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.same import Same
from tensorop_gen.measure.cost.table import CostError, Table, group
from tensorop_gen.measure.cost.trace import follow, way

if TYPE_CHECKING:
    from tensorop_gen.isa.kernel import PackKernel
    from tensorop_gen.isa.program import Insn, Program

# The loops in which most of the data go, by which index of the source is contiguous.
_ROWS = ("copy_loop", "whole_loop")
_STEPS = ("along_rows_loop", "transpose_steps_loop", "wide_steps_loop", "steps4_loop", "whole_loop")
_FLOATS = {"zmm": 16, "ymm": 8, "xmm": 4, "q": 4, "d": 2, "s": 1, "f": 1}
_WIDE = 8  # rows that x86-64 transposes at once


@dataclass(frozen=True, slots=True)
class PackCost:
    """start: cycles of each call beside the loop; per_float: of the loop."""

    start: float
    per_float: float


def pack_cost(isa_name: str, kernel: PackKernel, program: Program, lanes: int, rows: bool, table: Table) -> PackCost:
    """rows: the source's rows are contiguous, else its k-steps. lanes: floats of a register. Raises CostError."""
    return _pack_cost(isa_name, kernel, Same(program), lanes, rows, Same(table))


@functools.lru_cache(maxsize=256)
def _pack_cost(
    isa_name: str, kernel: PackKernel, program_key: Same[Program], lanes: int, rows: bool, table_key: Same[Table]
) -> PackCost:
    program, table = program_key.value, table_key.value
    names = {block.label for block in program.blocks}
    wanted = _ROWS if rows else _STEPS
    label = next((n for n in wanted if n in names and (n != "wide_steps_loop" or kernel.width >= _WIDE)), None)
    if label is None:
        raise CostError(f"{isa_name}: PACK has none of the loops {', '.join(wanted)}")
    body = follow(program, (label, label))[: -len(_block(program, label))]
    scalable = isinstance(target.find(isa_name), Scalable)
    width = kernel.vectors * kernel.group * lanes if scalable and kernel.vectors else kernel.width
    stores = [insn for insn in body if insn.kind == "store"]
    # Rows: one store a step where vectors are as long as wanted, else one step a pass.
    copied = width * (len(stores) if scalable else 1)
    floats = copied if rows else sum(_floats(insn, lanes) for insn in stores)
    start = follow(program, way(program, program.blocks[0].label, label)[:-1])
    end = follow(program, ("done",))
    return PackCost(_once((*start, *end), table) + table.mispredict, loop_cost(body, table).cycles / floats)


def _block(program: Program, label: str) -> tuple[Insn, ...]:
    return next(block.insns for block in program.blocks if block.label == label)


def _floats(insn: Insn, lanes: int) -> int:
    """How many a store writes."""
    if group(insn):
        return group(insn) * lanes
    register = re.match(r"[a-z]+", str(insn.operands[0]))
    return _FLOATS[register[0]] if register and register[0] in _FLOATS else 1


def _once(insns: tuple[Insn, ...], table: Table) -> float:
    """Of instructions that are run through once in a while: as if again and again."""
    return loop_cost(insns, table).cycles if insns else 0.0
