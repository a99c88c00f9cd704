"""Replays searches on a measured grid: python -m bench.tuner.replay GRID [--seeds 100] [--markdown PAGE]

Every policy has the same start (the defaults), the same noise (its measurements are drawn from the rounds that were
measured) and the same number of trials. Shown is what is left to the fastest point of the grid, as a share of speed."""

from __future__ import annotations

import argparse
import math
import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import optuna
from bench.tuner.grid import AXES, Cell, Grid, GridSpace
from optuna.distributions import BaseDistribution, CategoricalDistribution

from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.settle import settle
from tensorop_gen.measure.statistics import estimate
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.tune.model import Budget, Outcome, Point
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import WORTH, Search

TRIALS = 60
SHOWN = (5, 10, 20, 30, 40, 60)
NEAR = 0.02  # of the fastest
BEGIN, END = "<!-- bench/tuner/replay.py -->", "<!-- end -->"  # the table's place in a page
Curve = list[float]  # after each trial: log-ratio of the incumbent to the defaults


class Replay:
    """A grid as a machine whose measurements come out a little different each time."""

    def __init__(self, grid: Grid, space: GridSpace, start: Point, seed: int) -> None:
        self.grid, self.space, self.start, self._random = grid, space, start, random.Random(seed)

    def ratio(self, cell: Cell) -> float:
        return self._random.choice(self.grid.rounds[cell])

    def outcome(self, point: Point, incumbent: Point) -> Outcome:
        one, other = self.space.cells[point], self.space.cells[incumbent]
        found = settle(lambda: self.ratio(one) - self.ratio(other), WORTH)
        return Outcome(found.gain, found.low, found.high, noise=found.noise, rounds=found.rounds)

    def level(self, point: Point) -> float:
        return self.grid.level(self.space.cells[point])


def tree(policy: str) -> Callable[[Replay, int], Curve]:
    def curve(replay: Replay, seed: int) -> Curve:
        search = Search(replay.start, replay.space, make_policy(policy, seed), replay.outcome)
        levels = [replay.level(search.incumbent) for _ in search.run(Budget(trials=TRIALS))]
        return levels + levels[-1:] * (TRIALS - len(levels))

    return curve


def tpe(replay: Replay, seed: int) -> Curve:
    """Optuna's TPE, told the defaults first, which is no trial; what it asks for twice is measured twice."""
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed), direction="maximize")
    names = dict(zip(AXES, replay.space.cells[replay.start], strict=True))
    spaces: dict[str, BaseDistribution] = {axis: CategoricalDistribution(values) for axis, (_, values) in AXES.items()}
    study.add_trial(optuna.trial.create_trial(params=names, distributions=spaces, value=0.0))
    levels = []
    for _ in range(TRIALS):
        trial = study.ask(spaces)
        cell = tuple(trial.params[axis] for axis in AXES)
        point = replay.space.points[cell]
        study.tell(trial, replay.outcome(point, replay.start).gain if point != replay.start else 0.0)
        best = study.best_trial.params
        levels.append(replay.level(replay.space.points[tuple(best[axis] for axis in AXES)]))
    return levels


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("grid", type=Path)
    arguments.add_argument("--seeds", type=int, default=100)
    arguments.add_argument("--markdown", type=Path)
    given = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    grid = Grid.read(given.grid)
    text = table(grid, given.seeds)
    print(text)
    if given.markdown:
        page = given.markdown.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        given.markdown.write_text(f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def table(grid: Grid, seeds: int) -> str:
    named = [probe(), *all_targets()]
    factors = next(one for one in named if one.name == grid.about["target"])
    space, start = GridSpace(grid, factors), Point(defaults(factors))
    top = max(grid.level(cell) for cell in grid.rounds)
    policies = {name: tree(name) for name in ("history", "fixed", "random")} | {"Optuna TPE": tpe}
    curves = {
        name: [run(Replay(grid, space, start, seed), seed) for seed in range(seeds)] for name, run in policies.items()
    }
    lines = [head(grid, top, seeds), row("after trials", *map(str, SHOWN), f"trials to within {NEAR:.0%}")]
    lines.append(row(*["---", *["---:"] * (len(SHOWN) + 1)]))
    for name, found in curves.items():
        lines.append(row(name, *(left(found, top, trials) for trials in SHOWN), needed(found, top)))
    return "\n".join([*lines, "", verdict(curves)]) + "\n"


def row(*values: str) -> str:
    return f"| {' | '.join(values)} |"


def head(grid: Grid, top: float, seeds: int) -> str:
    about = grid.about
    spread = statistics.median(
        1.4826 * statistics.median(abs(r - grid.level(c)) for r in rs) for c, rs in grid.rounds.items()
    )
    middle = statistics.median(map(grid.level, grid.rounds))
    said = [
        f"`measured` on {about['date']}, {about['machine']}, {about['version']}",
        f"{about['shape']}, {about['threads']} thread",
        f"{len(grid.rounds)} points, the fastest {math.expm1(top):.1%} faster than the defaults",
        f"the median point {-math.expm1(middle - top):.1%} slower than the fastest",
        f"noise of a round {spread:.1%}",
    ]
    return f"{'; '.join(said)}. {seeds} seeds; medians with 95 % intervals.\n"


def left(curves: Sequence[Curve], top: float, trials: int) -> str:
    found = estimate([-math.expm1(curve[trials - 1] - top) for curve in curves])
    return f"{100 * found.value:.2f} % ({100 * found.low:.2f}..{100 * found.high:.2f})"


def reached(curve: Curve, top: float) -> int:
    """The first trial after which the incumbent is near the fastest; one more than there are if it never is."""
    return next((i for i, level in enumerate(curve, 1) if -math.expm1(level - top) <= NEAR), TRIALS + 1)


def needed(curves: Sequence[Curve], top: float) -> str:
    found = estimate([reached(curve, top) for curve in curves])
    middle, low, high = (f"{v:g}" if v <= TRIALS else f"over {TRIALS}" for v in (found.value, found.low, found.high))
    return f"{middle} ({low}..{high})"


def verdict(curves: dict[str, list[Curve]]) -> str:
    """The paired difference between history and each of the others, over all trials."""
    said = []
    for name, others in curves.items():
        if name == "history":
            continue
        gaps = [statistics.fmean(a) - statistics.fmean(b) for a, b in zip(curves["history"], others, strict=True)]
        found = estimate(gaps)
        word = "ahead of" if found.low > 0 else "behind" if found.high < 0 else "no different from"
        span = f"{100 * found.value:+.2f} % ({100 * found.low:+.2f}..{100 * found.high:+.2f})"
        said.append(f"`history` is {word} {name}: mean speed of the incumbent over {TRIALS} trials {span}.")
    return "\n".join(said)


if __name__ == "__main__":
    main()
