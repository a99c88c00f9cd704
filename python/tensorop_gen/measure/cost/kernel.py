"""How fast the k-loop of a COMPUTE kernel is where nothing can be timed, whoever wrote it: modelled flop a cycle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.isa.program import Label
from tensorop_gen.measure.cost.judge import judged
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.table import Table, group
from tensorop_gen.measure.errors import MeasureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.isa.program import Insn, Program

_PRODUCT = re.compile(r"v?fn?m(acc|sac|add|sub|la|ls).*")
_FLOAT_BITS = 32
_LANES = {"z": 16, "y": 8, "x": 4}


@dataclass(frozen=True, slots=True)
class Modelled:
    """flops: a cycle, of each kernel, all by the same model; model: whose."""

    flops: tuple[float, ...]
    model: str


def modelled(programs: Sequence[Program], factors: HardwareFactors) -> Modelled:
    """By llvm-mca where it is there and knows the CPU, else by the costs in the target's file.

    Raises MeasureError where there is no loop of products, or the file has no costs."""
    loops = [product_loop(program, factors) for program in programs]
    work = [_flops(loop, factors) for loop in loops]
    try:
        cycles = [judged(loop, program, factors) for loop, program in zip(loops, programs, strict=True)]
    except ToolMissing:
        cycles = [None]
    known = [c for c in cycles if c]
    if len(known) == len(loops):
        return Modelled(tuple(w / c for w, c in zip(work, known, strict=True)), f"llvm-mca for {factors.mca}")
    table = Table.of(factors)
    own = [loop_cost(loop, table).cycles for loop in loops]
    return Modelled(tuple(w / c for w, c in zip(work, own, strict=True)), f"the costs of {factors.name}")


def product_loop(program: Program, factors: HardwareFactors) -> tuple[Insn, ...]:
    """The loop with the most products a pass, of those that go straight on to their jump back."""
    best = max(_loops(program), key=lambda loop: _flops(loop, factors), default=())
    if not best or not _flops(best, factors):
        raise MeasureError("the kernel has no plain loop of multiply-adds, so its speed cannot be modelled")
    return best


def _loops(program: Program) -> Iterator[tuple[Insn, ...]]:
    """From each block to the jump back to it, through blocks without jumps (places where a loop is entered)."""
    for number, first in enumerate(program.blocks):
        body: tuple[Insn, ...] = ()
        for block in program.blocks[number:]:
            if ends := [i for i, insn in enumerate(block.insns) if Label(first.label) in insn.operands]:
                yield body + block.insns[: ends[-1] + 1]
                break
            if any(isinstance(operand, Label) for insn in block.insns for operand in insn.operands):
                break
            body += block.insns


def _flops(loop: Sequence[Insn], factors: HardwareFactors) -> int:
    return sum(2 * _lanes(insn, factors) for insn in loop if _PRODUCT.fullmatch(insn.mnemonic))


def _lanes(insn: Insn, factors: HardwareFactors) -> int:
    """Floats that a multiply-add makes."""
    if ".v" in insn.mnemonic:  # RVV
        return group(insn) * factors.vector_bits // _FLOAT_BITS
    if found := re.search(r"\.(\d)s", str(insn.operands[0])):  # NEON
        return int(found[1])
    last = str(insn.operands[-1])  # x86
    return _LANES[last[0]] if last[1:3] == "mm" and insn.mnemonic.endswith("ps") else 1
