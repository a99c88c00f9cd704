"""What the tuner is held against on a grid: searches that find what is faster under the same rules."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from bench.tuner import searches
from bench.tuner.grid import Cell, Grid, GridSpace, cells
from bench.tuner.searches import Curve, Replay

from tensorop_gen.hardware.library import load
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.tune.model import Outcome, Point

TARGET = load("zen4")
START = Point(defaults(TARGET))


def level(cell: Cell) -> float:
    return 0.05 * (cell[0] == "1x16") + 0.02 * (cell[1] == 512) + 0.01 * (cell[3] == 1)


def replay(seed: int = 0) -> Replay:
    noise = random.Random(seed)
    grid = Grid({}, {cell: tuple(level(cell) + noise.gauss(0, 0.002) for _ in range(7)) for cell in cells()})
    return Replay(grid, GridSpace(grid, TARGET), START, seed)


@pytest.mark.parametrize("search", [searches.tpe, searches.scattered, searches.tree("history")])
def test_a_search_ends_faster_and_repeats_itself(search: Callable[[Replay, int], Curve]) -> None:
    curve = search(replay(), 1)
    assert len(curve) == searches.TRIALS
    assert curve[-1] > max(curve[0], 0.05)
    assert search(replay(), 1) == curve
    assert search(replay(), 2) != curve


@pytest.mark.parametrize("search", [searches.tpe, searches.scattered])
def test_no_trial_is_spent_on_a_point_twice(search: Callable[[Replay, int], Curve]) -> None:
    machine, tried = replay(), []
    measured = machine.outcome

    def watched(point: Point, incumbent: Point) -> Outcome:
        tried.append(point)
        return measured(point, incumbent)

    machine.outcome = watched  # type: ignore[method-assign]
    search(machine, 1)
    assert len(set(tried)) == len(tried) == searches.TRIALS
    assert START not in tried
