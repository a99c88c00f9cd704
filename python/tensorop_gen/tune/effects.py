"""What a search has learnt of each parameter's values: an additive model of log-speed, fitted by backfitting.

Parameters of a sketch act nearly independently once speed is a logarithm, so that a few dozen trials say something of
every value; neighbouring sizes are believed to be alike."""

from __future__ import annotations

import math
import random
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tensorop_gen.tune.model import Action, Point, Trial

SHRINK = 0.5  # trials' worth of belief that a value changes nothing
REACH = 0.35  # of what a size tells of its neighbours, in octaves
SWEEPS = 4
PRIOR = 0.02  # standard deviation of an effect nobody has seen
FLOOR = -0.5  # worse levels say no more than this one

Value = float | str


def likeness(one: Value, other: Value) -> float:
    """1 for the same value, less for sizes that are far apart, 0 for other choices."""
    if one == other:
        return 1.0
    if isinstance(one, str) or isinstance(other, str) or min(one, other) <= 0:
        return 0.0
    octaves = math.log2(one / other)
    return math.exp(-0.5 * (octaves / REACH) ** 2)


@dataclass
class _Axis:
    """Partial residuals of the trials, gathered by value."""

    sums: dict[Value, tuple[float, int]] = field(default_factory=dict)

    def effect(self, value: Value) -> tuple[float, float]:
        """Mean effect of a value, shrunk towards none, and the trials' worth of evidence for it."""
        total = weight = 0.0
        for seen, (residual, count) in self.sums.items():
            alike = likeness(value, seen)
            total += alike * residual
            weight += alike * count
        return total / (weight + SHRINK), weight


@dataclass
class Effects:
    """Refitted whenever there are new trials."""

    _known: int = -1
    _axes: dict[str, _Axis] = field(default_factory=dict)
    _steps: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def learn(self, trials: Sequence[Trial], start: Point) -> None:
        """start: whose level is 0."""
        if len(trials) == self._known:
            return
        self._known = len(trials)
        rows = [start.params.coordinates(), *(trial.params.coordinates() for trial in trials)]
        levels = [0.0, *(FLOOR if trial.outcome.reason else max(trial.level, FLOOR) for trial in trials)]
        self._fit(rows, levels)
        self._steps = defaultdict(list)
        for trial in trials:
            if trial.action.kind == "reorder":
                self._steps[trial.action.axis, trial.action.step].append(max(trial.effect, FLOOR))

    def believed(self, action: Action, here: Point) -> tuple[float, float]:
        """Mean and standard deviation of the effect (log-ratio) of an action taken here."""
        if action.kind == "reorder":
            seen = self._steps.get((action.axis, action.step), [])
            return sum(seen) / (len(seen) + SHRINK), PRIOR / math.sqrt(1 + len(seen))
        before, after = here.params.coordinates(), action.point.params.coordinates()
        mean = variance = 0.0
        for name, value in after.items():
            if value == before[name]:
                continue
            axis = self._axes.get(name, _Axis())
            new, evidence = axis.effect(value)
            old, _ = axis.effect(before[name])
            mean += new - old
            variance += PRIOR**2 / (1 + evidence)
        return mean, math.sqrt(variance)

    def value(self, axis: str, value: Value) -> tuple[float, float]:
        """Mean and standard deviation of the effect of a value."""
        mean, evidence = self._axes.get(axis, _Axis()).effect(value)
        return mean, PRIOR / math.sqrt(1 + evidence)

    def _fit(self, rows: list[dict[str, Value]], levels: list[float]) -> None:
        """Backfitting: each axis explains what the others leave over, a few times round."""
        varied = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
        self._axes = {name: _Axis() for name in varied}
        centre = statistics.fmean(levels)
        effects = {name: [0.0] * len(rows) for name in varied}
        left = [level - centre for level in levels]
        for _ in range(SWEEPS):
            for name in varied:
                sums: dict[Value, tuple[float, int]] = {}
                for row, rest, effect in zip(rows, left, effects[name], strict=True):
                    total, count = sums.get(row[name], (0.0, 0))
                    sums[row[name]] = (total + rest + effect, count + 1)
                self._axes[name].sums = sums
                fitted = {value: self._axes[name].effect(value)[0] for value in sums}
                for i, row in enumerate(rows):
                    left[i] += effects[name][i] - fitted[row[name]]
                    effects[name][i] = fitted[row[name]]


@dataclass
class Draw:
    """One draw from what is believed of every value (Thompson sampling), in which points can be compared."""

    effects: Effects
    random: random.Random
    _drawn: dict[tuple[str, Value], float] = field(default_factory=dict)

    def level(self, point: Point) -> float:
        """Log of its speed, but for what all points have in common."""
        return math.fsum(self._effect(axis, value) for axis, value in point.params.coordinates().items())

    def _effect(self, axis: str, value: Value) -> float:
        if (axis, value) not in self._drawn:
            self._drawn[axis, value] = self.random.gauss(*self.effects.value(axis, value))
        return self._drawn[axis, value]
