"""Searches on a measured grid. What they propose is what differs: the start, the noise, the number of trials, what a
trial is measured against and when it is accepted are the same for all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import optuna
from bench.tuner.grid import AXES, Cell, Grid, GridSpace
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

from tensorop_gen.measure.settle import settle
from tensorop_gen.tune.model import Budget, Outcome, Point
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import WORTH, Search

TRIALS = 60
PATIENCE = 100  # proposals of a known point in a row before another is drawn at random
Curve = list[float]  # after each trial: log-ratio of the incumbent to the defaults


class Replay:
    """A grid as a machine whose measurements come out a little different each time."""

    def __init__(self, grid: Grid, space: GridSpace, start: Point, seed: int) -> None:
        self.grid, self.space, self.start, self._random = grid, space, start, random.Random(seed)

    def outcome(self, point: Point, incumbent: Point) -> Outcome:
        """Rounds are drawn from those that were measured."""
        one, other = (self.grid.rounds[self.space.cells[place]] for place in (point, incumbent))
        found = settle(lambda: self._random.choice(one) - self._random.choice(other), WORTH)
        return Outcome(found.gain, found.low, found.high, noise=found.noise, rounds=found.rounds)

    def level(self, point: Point) -> float:
        return self.grid.level(self.space.cells[point])


def tree(policy: str) -> Callable[[Replay, int], Curve]:
    """Our own search with this policy."""

    def curve(replay: Replay, seed: int) -> Curve:
        search = Search(replay.start, replay.space, make_policy(policy, seed), replay.outcome)
        levels = [replay.level(search.incumbent) for _ in search.run(Budget(trials=TRIALS))]
        return levels + levels[-1:] * (TRIALS - len(levels))

    return curve


def scattered(replay: Replay, seed: int) -> Curve:
    """Points drawn at random from the whole grid."""
    order = sorted(replay.space.cells.items(), key=lambda one: one[1])
    points = [point for point, _ in order if point != replay.start]
    random.Random(seed).shuffle(points)
    return _proposed(replay, iter(points), lambda _point, _level: None)


def tpe(replay: Replay, seed: int) -> Curve:
    """Optuna's TPE. Sizes are ordered for it, the start is told first, and what it asks for again costs no trial."""
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed), direction="maximize")
    spaces = {axis: _distribution(values) for axis, (_, values) in AXES.items()}
    draw = random.Random(seed)
    known = {replay.start: 0.0}
    asked: dict[Point, optuna.Trial] = {}

    def proposals() -> Iterator[Point]:
        study.enqueue_trial(_places(replay.space.cells[replay.start]))
        again = 0
        while True:
            trial = study.ask(spaces)
            point = replay.space.points[tuple(values[trial.params[axis]] for axis, (_, values) in AXES.items())]
            if point not in known:
                again, asked[point] = 0, trial
                yield point
                continue
            study.tell(trial, known[point])
            again += 1
            if again % PATIENCE == 0:
                cell = draw.choice([cell for one, cell in replay.space.cells.items() if one not in known])
                study.enqueue_trial(_places(cell))

    def tell(point: Point, level: float) -> None:
        known[point] = level
        study.tell(asked.pop(point), level)

    return _proposed(replay, proposals(), tell)


def _distribution(values: tuple[object, ...]) -> BaseDistribution:
    """Of places among the values."""
    places = range(len(values))
    if isinstance(values[0], str):
        return CategoricalDistribution(list(places))
    return IntDistribution(0, places[-1])


def _places(cell: Cell) -> dict[str, int]:
    return {axis: values.index(value) for (axis, (_, values)), value in zip(AXES.items(), cell, strict=True)}


def _proposed(replay: Replay, points: Iterator[Point], tell: Callable[[Point, float], None]) -> Curve:
    """A search that is only told levels, accepting as `Search` does."""
    incumbent, level = replay.start, 0.0
    levels = []
    for _, point in zip(range(TRIALS), points, strict=False):
        outcome = replay.outcome(point, incumbent)
        tell(point, level + outcome.gain)
        if outcome.low > 0 and outcome.gain > WORTH:
            incumbent, level = point, level + outcome.gain
        levels.append(replay.level(incumbent))
    return levels
