"""Replays searches on a measured grid: python -m bench.tuner.replay GRID [--seeds 100] [--markdown PAGE]

Shown is what is left to the fastest point of the grid, as a share of speed."""

from __future__ import annotations

import argparse
import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import optuna
from bench.tuner.grid import Grid, GridSpace
from bench.tuner.searches import TRIALS, Curve, Replay, scattered, tpe, tree

from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.statistics import estimate
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.tune.model import Point

SHOWN = (5, 10, 20, 30, 60)
NEAR = 0.02  # of the fastest
BEGIN, END = "<!-- bench/tuner/replay.py -->", "<!-- end -->"  # the tables' place in a page
SEARCHES: dict[str, Callable[[Replay, int], Curve]] = {
    **{name: tree(name) for name in ("history", "fixed", "random")},
    "any point": scattered,
    "Optuna TPE": tpe,
}
_MAD = 1.4826  # of a normal distribution's standard deviation to its median absolute deviation


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("grid", type=Path)
    arguments.add_argument("--seeds", type=int, default=100)
    arguments.add_argument("--markdown", type=Path)
    given = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    text = "\n".join(report(Grid.read(given.grid), given.seeds)) + "\n"
    print(text)
    if given.markdown:
        page = given.markdown.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        given.markdown.write_text(f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def report(grid: Grid, seeds: int) -> Iterator[str]:
    named = [probe(), *all_targets()]
    factors = next(one for one in named if one.name == grid.about["target"])
    space, start = GridSpace(grid, factors), Point(defaults(factors))
    slow = sorted(space.cells, key=lambda point: grid.level(space.cells[point]))[: len(space.cells) // 4]
    yield head(grid, seeds)
    yield from table("the defaults", grid, space, [start] * seeds)
    bad = [random.Random(seed).choice(slow) for seed in range(seeds)]
    yield from table("a point of the slowest quarter, another for each seed", grid, space, bad)


def table(name: str, grid: Grid, space: GridSpace, starts: Sequence[Point]) -> Iterator[str]:
    """starts: one for each seed."""
    top = fastest(grid)
    curves = {
        policy: [run(Replay(grid, space, start, seed), seed) for seed, start in enumerate(starts)]
        for policy, run in SEARCHES.items()
    }
    yield f"Start: {name}.\n"
    yield row("% left after trials", *map(str, SHOWN), f"trials to within {NEAR:.0%}", "90 % of seeds")
    yield row(*["---", *["---:"] * (len(SHOWN) + 2)])
    for policy, found in curves.items():
        yield row(
            policy, *(left(found, top, trials) for trials in SHOWN), needed(found, top), needed_by_most(found, top)
        )
    yield f"\n{verdict(curves)}\n"


def row(*values: str) -> str:
    return f"| {' | '.join(values)} |"


def fastest(grid: Grid) -> float:
    return max(grid.level(cell) for cell in grid.rounds)


def head(grid: Grid, seeds: int) -> str:
    about, top = grid.about, fastest(grid)
    gaps = [-math.expm1(grid.level(cell) - top) for cell in grid.rounds]
    noise = statistics.median(
        _MAD * statistics.median(abs(r - grid.level(c)) for r in rs) for c, rs in grid.rounds.items()
    )
    rounds = min(len(rs) for rs in grid.rounds.values())
    known = math.sqrt(math.pi / 2 / rounds) * noise  # the standard error of a median
    said = [
        f"`measured` on {about['date']}, {about['machine']}, {about['version']}",
        f"{about['shape']}, {about['threads']} thread",
        f"{len(gaps)} points, {sum(gap <= NEAR for gap in gaps)} of them within {NEAR:.0%} of the fastest, which is "
        f"{math.expm1(top):.1%} faster than the defaults; the median point is {statistics.median(gaps):.1%} slower, "
        f"the slowest {max(gaps):.1%}",
        f"noise of a round {noise:.1%}, so that the speed of a point, the median of {rounds} rounds, is known to "
        f"{known:.1%}, and the fastest of so many is flattered by more",
    ]
    return f"{'; '.join(said)}. {seeds} seeds; medians with 95 % intervals.\n"


def left(curves: Sequence[Curve], top: float, trials: int) -> str:
    found = estimate([-math.expm1(curve[trials - 1] - top) for curve in curves])
    return f"{100 * found.value:.2f} ({100 * found.low:.2f}..{100 * found.high:.2f})"


def reached(curve: Curve, top: float) -> int:
    """The first trial after which the incumbent is near the fastest; one more than there are if it never is."""
    return next((i for i, level in enumerate(curve, 1) if -math.expm1(level - top) <= NEAR), TRIALS + 1)


def needed(curves: Sequence[Curve], top: float) -> str:
    found = estimate([reached(curve, top) for curve in curves])
    middle, low, high = map(_trials, (found.value, found.low, found.high))
    return f"{middle} ({low}..{high})"


def needed_by_most(curves: Sequence[Curve], top: float) -> str:
    """The number of trials within which nine seeds of ten are near the fastest."""
    counts = sorted(reached(curve, top) for curve in curves)
    return _trials(counts[math.ceil(0.9 * len(counts)) - 1])


def _trials(count: float) -> str:
    return f"{count:g}" if count <= TRIALS else f"over {TRIALS}"


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
        said.append(f"- `history` is {word} {name}: mean speed of the incumbent over {TRIALS} trials {span}.")
    return "\n".join(said)


if __name__ == "__main__":
    main()
