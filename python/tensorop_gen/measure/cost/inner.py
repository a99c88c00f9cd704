"""COMPUTE's k-loop for a whole tile, where most of the time goes, and how far llvm-mca is from our model there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.isa.kernel import TileKernel
from tensorop_gen.measure.cost.judge import judged
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.table import Table
from tensorop_gen.measure.cost.tile import TileCall, loop_of
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import lanes

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.isa.program import Insn, Program
    from tensorop_gen.operators.gemm.params import GemmParams


def inner_loop(factors: HardwareFactors, params: GemmParams, program: Program) -> tuple[TileCall, tuple[Insn, ...]]:
    """The call that runs through it, and the instructions of a pass. program: COMPUTE, as it is or reordered."""
    kernel, width = kernels.specs(params, target.find(factors.isa))["compute"], lanes(factors, params.group)
    assert isinstance(kernel, TileKernel)
    call = TileCall(params.mr(width), params.nr, params.unroll, True, width)
    return call, loop_of(program, call.tile(factors.isa, kernel))


def loop_factor(factors: HardwareFactors, params: GemmParams, program: Program) -> float:
    """Cycles of the loop by llvm-mca over those by our model; 1 where LLVM does not know the CPU. Raises CostError,
    ToolMissing, MeasureError."""
    _, insns = inner_loop(factors, params, program)
    cycles = judged(insns, program, factors)
    return cycles / loop_cost(insns, Table.of(factors)).cycles if cycles else 1.0
