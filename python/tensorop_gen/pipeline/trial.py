"""One trial of a search: a changed candidate is built, proven and timed in turns with the incumbent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen.measure.candidate import measure
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.operators.gemm import space
from tensorop_gen.pipeline.board import peak_there
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.tune.model import Outcome
from tensorop_gen.verify import CandidateFailed

if TYPE_CHECKING:
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.pipeline.workshop import Proven, Workshop
    from tensorop_gen.request.model import Shape

LOOK = 3  # rounds of a first look: who lost each of them is not measured further
ROUNDS = 7
BURST_MS = 10.0


@dataclass
class Evaluator:
    """The `evaluate` of a search. shapes: the request's own, else those of the group that a change belongs to."""

    workshop: Workshop
    shapes: tuple[Shape, ...]
    proven: dict[GemmParams, Proven] = field(default_factory=dict)

    def __call__(self, params: GemmParams, incumbent: GemmParams, group: str) -> Outcome:
        try:
            before, after = self._proven(incumbent), self._proven(params)
            shapes = self.shapes or tuple(shape for text in space.shapes(group) for shape in parse_shapes(text))
            return race(self.workshop, before, after, shapes)
        except (NotProvenError, CandidateFailed, MeasureError, ValueError) as error:
            return Outcome(reason=str(error))

    def _proven(self, params: GemmParams) -> Proven:
        if params not in self.proven:
            shop = self.workshop
            candidate = shop.author.write(shop.request, shop.factors, params)
            self.proven[params] = shop.prove(candidate, level="smoke", attempts=1)
        return self.proven[params]


def race(workshop: Workshop, before: Proven, after: Proven, shapes: tuple[Shape, ...], most: int = ROUNDS) -> Outcome:
    """Gain: mean over the shapes of log(speed after / speed before), with the mean of the intervals' ends.
    most: rounds, unless the first look shows a loser."""
    outcome = Outcome()
    peak = peak_there(workshop.runner, workshop.factors)
    for rounds in (LOOK, most):
        found = measure(
            after.built, workshop.runner, shapes, rounds, incumbent=before.built, burst_ms=BURST_MS, peak=peak
        )
        ratios = [one.ratio for one in found if one.ratio]
        gain, low, high = (sum(math.log(ratio[i]) for ratio in ratios) / len(ratios) for i in range(3))
        outcome = Outcome(gain=gain, low=low, high=high)
        if high < 0:
            break
    return outcome
