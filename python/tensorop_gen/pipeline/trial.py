"""One trial of a search: a changed candidate is built, proven and timed in turns with the incumbent."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen.llm.model import LlmError
from tensorop_gen.measure.duel import Duel
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.settle import MOST, settle
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.run import PoisonError, call_at
from tensorop_gen.tune.model import Outcome
from tensorop_gen.tune.search import WORTH, worth
from tensorop_gen.verify import CandidateFailed, HarnessError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Built
    from tensorop_gen.measure.rounds import Rates
    from tensorop_gen.pipeline.workshop import Proven, Workshop
    from tensorop_gen.request.model import Shape
    from tensorop_gen.run import Runner
    from tensorop_gen.tune.actions import ActionSpace
    from tensorop_gen.tune.model import Point

BURST_MS = 10.0
# What is wrong with a candidate, and what makes a trial one without a speed.
PROBLEMS = (NotProvenError, CandidateFailed, HarnessError, LlmError, MeasureError, PoisonError)
FAILURES = (*PROBLEMS, ValueError)


@dataclass
class Evaluator:
    """The `evaluate` of a search. rates: of the machine that the candidates run on."""

    workshop: Workshop
    space: ActionSpace
    rates: Rates
    proven: dict[Point, Proven] = field(default_factory=dict)

    def __call__(
        self, point: Point, incumbent: Point, most: int = MOST, groups: Sequence[tuple[Shape, ...]] = ()
    ) -> Outcome:
        """Gain: the sum over the groups of the mean log-ratio of their shapes. most: rounds; groups: other than those
        that the space says they are judged on."""
        try:
            before, after = self.prove(incumbent), self.prove(point)
            judged = groups or self.space.judged(point, incumbent)
            return call_at(self.workshop.runner, held, before.built, after.built, judged, self.rates, most)
        except FAILURES as error:
            return Outcome(reason=str(error))

    def prove(self, point: Point) -> Proven:
        """Raises one of FAILURES."""
        if point not in self.proven:
            self.proven[point] = self.workshop.prove(self.write(point), level="smoke", attempts=1)
        return self.proven[point]

    def write(self, point: Point) -> Candidate:
        """Raises ValueError, LlmError."""
        shop = self.workshop
        return shop.author.write(shop.request, shop.factors, point.params, point.order)


def race(
    workshop: Workshop,
    before: Proven,
    after: Proven,
    groups: Sequence[tuple[Shape, ...]],
    rates: Rates,
    most: int = MOST,
) -> Outcome:
    """Two candidates in turns. Gain: the sum over the groups of the mean of log(speed after / speed before). rates: of
    the machine that they run on. Raises CandidateFailed, MeasureError."""
    return call_at(workshop.runner, raced, before.built, after.built, groups, rates, most)


def raced(
    runner: Runner, before: Built, after: Built, groups: Sequence[tuple[Shape, ...]], rates: Rates, most: int
) -> Outcome:
    """The same where the runner is."""
    shapes = [shape for group in groups for shape in group]
    with Duel(after, before, runner, shapes, rates, BURST_MS) as duel:

        def draw() -> float:
            ratios = iter(duel.round())
            return sum(statistics.fmean(next(ratios) for _ in group) for group in groups)

        found = settle(draw, WORTH, most)
        duel.judge()
    return Outcome(found.gain, found.low, found.high, noise=found.noise, rounds=found.rounds)


def held(
    runner: Runner, before: Built, after: Built, groups: Sequence[tuple[Shape, ...]], rates: Rates, most: int
) -> Outcome:
    """A race where the runner is. What would be accepted is raced again in new processes, and that race counts: the
    first was believed because it looked good, and where a process's pages lie can be worth a percent."""
    outcome = raced(runner, before, after, groups, rates, most)
    return raced(runner, before, after, groups, rates, most) if worth(outcome) else outcome
