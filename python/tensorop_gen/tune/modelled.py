"""Tuning for a machine that is not there: candidates are compared by modelled speed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tensorop_gen.request.model import Shape
from tensorop_gen.tune.model import Outcome, Point

# The shapes on which two points are held against each other, in groups.
Judged = Callable[[Point, Point], Sequence[Sequence[Shape]]]


class SpeedModel(Protocol):
    """Predicts the speed of a point on its target."""

    def speed(self, point: Point, shape: Shape) -> float:
        """Flops a cycle. Raises ValueError, in words, for what cannot be modelled or built."""


@dataclass
class ModelledEvaluator:
    """The `evaluate` of a search without hardware. What a model says has no noise: the interval is the gain itself."""

    model: SpeedModel
    judged: Judged
    _known: dict[tuple[Point, Shape], float] = field(default_factory=dict)

    def __call__(
        self,
        point: Point,
        incumbent: Point,
        most: int = 1,  # noqa: ARG002  # rounds: the second would say what the first did
        groups: Sequence[Sequence[Shape]] = (),
    ) -> Outcome:
        """Gain: the sum over the groups of the mean log-ratio of their shapes, as when it is measured."""
        try:
            gain = sum(
                statistics.fmean(math.log(self._speed(point, shape) / self._speed(incumbent, shape)) for shape in group)
                for group in groups or self.judged(point, incumbent)
            )
        except ValueError as error:
            return Outcome(reason=f"not modelled: {error}")
        return Outcome(gain, gain, gain, rounds=1)

    def _speed(self, point: Point, shape: Shape) -> float:
        if (point, shape) not in self._known:
            self._known[point, shape] = self.model.speed(point, shape)
        return self._known[point, shape]
