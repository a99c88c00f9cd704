"""Where ablations are taken: a target, who runs its candidates, and what their speeds are."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.author.llm import Forge
from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.candidate import measure
from tensorop_gen.measure.cost.kernel import modelled
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.measure.cost.table import CostError
from tensorop_gen.measure.worker import Peak
from tensorop_gen.operators.gemm import OPERATOR as GEMM
from tensorop_gen.pipeline.authoring import forge_of
from tensorop_gen.pipeline.board import peak_there, target_on
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.trial import Evaluator
from tensorop_gen.pipeline.workshop import Workshop
from tensorop_gen.request.model import RequestError
from tensorop_gen.request.parse import require_cpu
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.run import check_on, find_runner, lacks_instructions, on_fleet
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Point
from tensorop_gen.tune.modelled import ModelledEvaluator

if TYPE_CHECKING:
    from tensorop_gen.author.model import Author
    from tensorop_gen.build import Toolchain
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.pipeline.ablate.model import Kind
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.pipeline.workshop import Proven
    from tensorop_gen.request.model import Request, Shape
    from tensorop_gen.run import Runner
    from tensorop_gen.tune.model import Evaluate

SHAPES = parse_shapes("1024^3")
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Speed:
    """value: the geometric mean over the shapes, in `Bench.unit`. worst: r of the results that were checked. model:
    what says so where nothing is timed."""

    value: float
    worst: float
    model: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """request: its shapes are those that are timed. folder: for what is compiled."""

    request: Request
    factors: HardwareFactors
    toolchain: Toolchain
    runner: Runner
    folder: Path

    @property
    def kind(self) -> Kind:
        return "measured" if self.runner.kind == "measured" else "modelled"

    @property
    def unit(self) -> str:
        return "GFLOPS" if self.kind == "measured" else "flop a cycle"

    @property
    def place(self) -> HardwareFactors:
        """Where speeds are from: this machine, whatever target it runs the code of, or the target's own."""
        return probe() if self.kind == "measured" and not self.runner.away else self.factors

    @property
    def note(self) -> str:
        return f"Target {self.factors.name}; shapes {', '.join(map(str, self.request.shapes))}, one thread."

    @property
    def forge(self) -> Forge:
        return forge_of(self.factors, self.toolchain)

    @property
    def space(self) -> ActionSpace:
        """What tuning may change: the parameters of packed products, on the shapes of the request."""
        return ActionSpace(operators.find(self.request.operator), self.factors, ("packed",), shapes=self.request.shapes)

    def shop(self, author: Author) -> Workshop:
        return Workshop(self.request, self.factors, author, self.toolchain, self.runner, self.folder)

    def speed(self, proven: Proven) -> Speed:
        """On one thread. Raises MeasureError, CandidateFailed; CostError for kernels that no model knows."""
        if self.kind == "measured":
            peak = peak_there(self.runner, self.factors)
            rows = measure(proven.built, self.runner, self.request.shapes, ROUNDS, peak=peak)
            values = [row.gflops for row in rows]
            worst = max(max(row.before, row.after) for row in rows)
            return Speed(statistics.geometric_mean(values), max(worst, proven.verification.worst_ratio))
        if proven.candidate.author != "builtin":
            raise CostError("whole products are modelled with the builtin author's kernels only")
        model = _Costs(self.factors)
        values = [model.per_cycle(proven.candidate.params, shape) for shape in self.request.shapes]
        return Speed(statistics.geometric_mean(values), proven.verification.worst_ratio)

    def kernel_speed(self, proven: Proven) -> Speed:
        """The same where it is measured; else that of COMPUTE's loop over k alone, whoever wrote it."""
        if self.kind == "measured":
            return self.speed(proven)
        found = modelled([proven.candidate.programs["compute"]], self.factors)
        return Speed(found.flops[0], proven.verification.worst_ratio, found.model)

    @contextlib.contextmanager
    def evaluating(self, first: Proven, shop: Workshop) -> Iterator[Evaluate]:
        """How the trials of a search are judged that begins with `first`."""
        if self.kind == "measured":
            start = Point(first.candidate.params, first.candidate.order)
            with contextlib.closing(peak_there(self.runner, self.factors) or Peak()) as rates:
                yield Evaluator(shop, self.space, rates, {start: first})
        else:
            yield ModelledEvaluator(_Costs(self.factors), self.space.judged)


@contextlib.contextmanager
def open_bench(request: Request, on: str, say: Reporter) -> Iterator[Bench]:
    """on: as in Options. Raises NotProvenError where the target's code cannot be run, and the errors of its stages."""
    require_cpu(request)
    if request.operator != GEMM.name:
        raise RequestError(f"ablations are made of {GEMM.name} only, not of {request.operator}")
    if on_fleet(on):
        raise RequestError("ablations run on one board, not on a fleet")
    factors = target_on(request.target, on, say.note)
    check_on(factors, on)
    toolchain = find_toolchain(factors.triple)
    toolchain.require(factors.isa)
    if lacks_instructions(factors, on):
        raise NotProvenError(f"this machine lacks the instructions of {factors.name}: name one that it has, or a board")
    runner = find_runner(factors, on)
    asked = replace(request, shapes=request.shapes or SHAPES)
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        yield Bench(asked, factors, replace(toolchain, away=runner.away), runner, Path(folder))


@dataclass(frozen=True, slots=True)
class _Costs:
    """Speeds by the costs of the target's file."""

    factors: HardwareFactors

    def speed(self, point: Point, shape: Shape) -> float:
        """Flops a cycle, whose ratios are those of GFLOPS. Raises ValueError."""
        if point.order:
            raise ValueError("reordered kernels are not modelled here")
        try:
            return self.per_cycle(point.params, shape)
        except CostError as error:
            raise ValueError(str(error)) from None

    def per_cycle(self, params: GemmParams, shape: Shape) -> float:
        """Raises CostError."""
        return Model(self.factors, params).predict(shape).percent / 100 * self.factors.flops_per_cycle
