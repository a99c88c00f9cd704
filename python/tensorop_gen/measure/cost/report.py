"""All that the model says of a candidate: its inner loop, line by line, by our model and by llvm-mca, and products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.isa import target
from tensorop_gen.measure.cost.inner import inner_loop
from tensorop_gen.measure.cost.judge import judged
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.model import Prediction
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.measure.cost.table import Table
from tensorop_gen.operators.gemm import kernels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.isa.names import Role
    from tensorop_gen.isa.program import Insn, Program
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.request.model import Shape

LOADS = (1.0, 0.5, 2.0)  # what accesses to memory cost is the least known: also halved and doubled


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Frozen):
    """An instruction of the inner loop, and the cycles of a pass that it takes by our model."""

    text: str
    cycles: float


class Loop(_Frozen):
    """COMPUTE's k-loop for a whole tile. cycles: of a k-step, by our model; bound: see loop.py; floor: what the
    arithmetic alone needs at the core's peak; judge: the same by llvm-mca for `judge_cpu`, None where it does not know
    the CPU or is not there (then judge_missing says so)."""

    tile: str
    cycles: float
    floor: float
    bound: str
    judge: float | None
    judge_cpu: str | None
    judge_missing: str
    lines: tuple[Line, ...]

    @property
    def share(self) -> float:
        """Of the peak, in %, by the judge if there is one."""
        return 100 * self.floor / (self.judge or self.cycles)


class Report(_Frozen):
    """predictions: shape by shape, each with LOADS."""

    target: str
    title: str
    peak_gflops: float | None
    loop: Loop
    predictions: tuple[Prediction, ...]


def report(
    factors: HardwareFactors,
    params: GemmParams,
    shapes: Sequence[Shape],
    programs: Mapping[Role, Program] | None = None,
) -> Report:
    """programs: of the parameters, reordered. Raises CostError, MeasureError."""
    programs = programs or kernels.write(params, target.find(factors.isa))
    loop = _loop(factors, params, programs["compute"])
    factor = loop.judge / loop.cycles if loop.judge else 1.0
    models = [Model(factors, params, programs, loads, factor) for loads in LOADS]
    return Report(
        target=factors.name,
        title=factors.title,
        peak_gflops=factors.flops_per_cycle * factors.clock_ghz if factors.clock_ghz else None,
        loop=loop,
        predictions=tuple(model.predict(shape) for shape in shapes for model in models),
    )


def _loop(factors: HardwareFactors, params: GemmParams, program: Program) -> Loop:
    call, insns = inner_loop(factors, params, program)
    cost = loop_cost(insns, Table.of(factors))
    missing, judge = "", None
    try:
        judge = judged(insns, program, factors)
    except ToolMissing as error:
        missing = str(error)
    steps = params.unroll
    return Loop(
        tile=f"{call.rows}x{call.columns}",
        cycles=cost.cycles / steps,
        floor=2 * call.rows * call.columns / factors.flops_per_cycle,
        bound=cost.bound,
        judge=judge / steps if judge else None,
        judge_cpu=factors.mca,
        judge_missing=missing,
        lines=tuple(Line(text=_text(i), cycles=c) for i, c in zip(insns, cost.lines, strict=True)),
    )


def _text(insn: Insn) -> str:
    """As a reader knows it; labels and addresses in our own form."""
    return f"{insn.mnemonic} {', '.join(_operand(o) for o in insn.operands)}".strip()


def _operand(operand: object) -> str:
    name = getattr(operand, "name", None)
    base = getattr(operand, "base", None)
    if base is None:
        return str(name or operand)
    index = getattr(operand, "index", None)
    disp = getattr(operand, "disp", 0)
    inside = f"{base} + {index}*{getattr(operand, 'scale', 1)}" if index else str(base)
    return f"[{inside} + {disp}]" if disp else f"[{inside}]"
