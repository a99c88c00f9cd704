"""Tuning for a machine that is not here: its costs judge the candidates, and what comes of that is `modelled`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.candidate import checked, ordered
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.cache.model import digest
from tensorop_gen.hardware.probe import is_this_machine
from tensorop_gen.isa import target
from tensorop_gen.measure import cost
from tensorop_gen.measure.cost.inner import loop_factor
from tensorop_gen.measure.cost.judge import find_judge
from tensorop_gen.measure.cost.same import Same
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.shapes import flops
from tensorop_gen.operators.gemm import OPERATOR as GEMM
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.run import on_board
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Point
from tensorop_gen.tune.modelled import ModelledEvaluator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorop_gen.author.model import Author, Candidate
    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Options, Reporter
    from tensorop_gen.request.model import Request, Shape
    from tensorop_gen.tune.model import Budget


def is_modelled(factors: HardwareFactors, options: Options) -> bool:
    """Whether no machine is at hand that the target's candidates could be timed on."""
    return not on_board(options.on) and not is_this_machine(factors)


@dataclass(frozen=True, slots=True)
class CostModel:
    """Speeds of the builtin author's candidates by a target's costs. judged: COMPUTE's loop by llvm-mca, which is
    believed where it knows the CPU."""

    factors: HardwareFactors
    judged: bool

    @classmethod
    def of(cls, factors: HardwareFactors) -> CostModel:
        try:
            return cls(factors, bool(factors.mca and find_judge()))
        except ToolMissing:
            return cls(factors, judged=False)

    def __str__(self) -> str:
        loops = f"llvm-mca for {self.factors.mca}" if self.judged else "our own model"
        return f"modelled: the costs of {self.factors.name}, inner loops by {loops}"

    @property
    def digest(self) -> str:
        """Of all that its speeds depend on."""
        code = [file.read_text(encoding="utf-8") for file in sorted(Path(cost.__path__[0]).glob("*.py"))]
        return digest(["modelled", self.factors.model_dump(mode="json"), self.judged, code])

    def speed(self, point: Point, shape: Shape) -> float:
        """Flops a cycle on one core. Raises ValueError, in words, for what cannot be modelled or written."""
        try:
            return flops(shape) / _candidate(Same(self.factors), self.judged, point).predict(shape).cycles
        except (MeasureError, ToolMissing) as error:
            raise ValueError(str(error)) from None

    def problem(self, point: Point, wanted: Iterable[Shape]) -> str:
        """Why one of the shapes cannot be modelled; empty if all can."""
        try:
            for shape in wanted:
                self.speed(point, shape)
        except ValueError as error:
            return str(error)
        return ""


@functools.lru_cache(maxsize=16)
def _candidate(factors: Same[HardwareFactors], judged: bool, point: Point) -> Model:
    """With its kernels, which are found again by identity (measure/cost/same.py). Raises ValueError, MeasureError."""
    params = checked(GEMM, point.params, factors.value)
    programs = ordered(kernels.write(params, target.find(factors.value.isa)), point.order)
    factor = loop_factor(factors.value, params, programs["compute"]) if judged else 1.0
    return Model(factors.value, params, programs, loop=factor)


def modelled_space(model: CostModel, start: Point, request: Request, options: Options) -> ActionSpace:
    """The parameters and shapes of which the model can tell something. Raises ValueError where it can of none."""
    asked = tuple(shape for shape in request.shapes if not model.problem(start, [shape]))
    if request.shapes and not asked:
        raise ValueError(model.problem(start, request.shapes))
    problems = {group: model.problem(start, GEMM.space.shapes(group)) for group in GEMM.space.groups(options.classes)}
    known = tuple(group for group, problem in problems.items() if not problem)
    if not known:
        raise ValueError("; ".join(dict.fromkeys(problems.values())))
    return ActionSpace(GEMM, model.factors, known, options.fixed, asked)


def modelled_evaluator(model: CostModel, space: ActionSpace) -> ModelledEvaluator:
    """The `evaluate` of the search. A model takes its time once a shape, so all groups are judged in every trial: a
    parameter that helps its own group may cost another."""
    judged = [space.shapes] if space.shapes else [GEMM.space.shapes(group) for group in space.groups]
    return ModelledEvaluator(model, lambda *_: judged)


def modelled_budget(
    request: Request, author: Author, candidate: Candidate, kept: Record | None, options: Options, say: Reporter
) -> Budget | None:
    """What a search on modelled speeds may take; None, with a note, where there is to be none. kept: the record that
    the candidate was written from."""
    factors = candidate.factors
    if not options.tune:
        return None
    try:
        if not options.modelled:
            raise ValueError("--tune 60 would tune for it on modelled speeds")
        if request.operator != GEMM.name:
            raise ValueError(f"only {GEMM.name} is modelled")
        if not isinstance(author, BuiltinAuthor):
            raise ValueError("kernels that a language model wrote are not modelled")
        if kept and kept.provenance.params == "tuned":
            raise ValueError("its record was tuned by measuring, which no model overrules")
        space = modelled_space(CostModel.of(factors), Point(candidate.params, candidate.order), request, options)
    except ValueError as error:
        say.note(f"this machine is not a {factors.name}: nothing is tuned; {error}")
        return None
    if passed_over := [str(shape) for shape in request.shapes if shape not in space.shapes]:
        say.note(f"not modelled, so that nothing is tuned for them: {', '.join(passed_over)}")
    return options.tune
