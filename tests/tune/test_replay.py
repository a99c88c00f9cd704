"""Searches replayed on a made-up grid."""

from __future__ import annotations

import json
import math
import random
import sys
from pathlib import Path

import pytest
from bench.tuner import replay
from bench.tuner.grid import AXES, Cell, Grid, GridSpace, cells
from bench.tuner.searches import TRIALS

from tensorop_gen.hardware.library import load
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.tune.model import Point

TARGET = "zen4"
ABOUT = {
    "machine": "a made-up one",
    "target": TARGET,
    "shape": "1024x1024x1024",
    "threads": "1",
    "date": "",
    "version": "",
}


def level(cell: Cell) -> float:
    """Fastest with 4x6, KC = 256."""
    return 0.05 * (cell[0] == "4x6") - 0.02 * abs(math.log2(float(str(cell[1])) / 256))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    noise = random.Random(1)
    lines = [
        {"cell": dict(zip(AXES, c, strict=True)), "rounds": [level(c) + noise.gauss(0, 0.003)] * 7} for c in cells()
    ]
    path: Path = tmp_path_factory.mktemp("grid") / "grid.jsonl"
    path.write_text("\n".join(map(json.dumps, [ABOUT, *lines])))
    return path


def test_the_defaults_and_all_actions_are_on_the_grid(file: Path) -> None:
    space = GridSpace(Grid.read(file), load(TARGET))
    found = space(Point(defaults(load(TARGET))))
    assert len(found) == sum(len(values) - 1 for _, values in AXES.values())
    assert all(action.point in space.cells for action in found)


def test_every_policy_is_shown_in_the_page(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{replay.BEGIN}\nold\n{replay.END}\nafter\n")
    monkeypatch.setattr(sys, "argv", ["replay", str(file), "--seeds", "2", "--markdown", str(page)])
    replay.main()
    text = page.read_text()
    for policy in replay.SEARCHES:
        assert text.count(f"| {policy} | ") == 2  # from either start
    assert text.count("`history` is ") == 2 * (len(replay.SEARCHES) - 1)
    grid = Grid.read(file)
    near = sum(math.exp(grid.level(cell) - replay.fastest(grid)) >= 1 - replay.NEAR for cell in grid.rounds)
    assert f"384 points, {near} of them within 2% of the fastest" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text


def test_the_verdict_says_so_where_there_is_no_difference() -> None:
    same = [[0.01] * TRIALS] * 9
    assert "no different from random" in replay.verdict({"history": same, "random": same})
    ahead = [[0.02] * TRIALS] * 9
    assert "`history` is ahead of random" in replay.verdict({"history": ahead, "random": same})
    assert "`history` is behind random" in replay.verdict({"history": same, "random": ahead})


def test_trials_needed_to_come_near() -> None:
    late, never = [-0.1] * 3 + [-0.01] * 57, [-0.1] * 60
    assert replay.needed([late] * 9, top=0.0) == "4 (4..4)"
    assert replay.needed([never] * 9, top=0.0) == "over 60 (over 60..over 60)"
    assert replay.needed_by_most([late] * 9 + [never], top=0.0) == "4"
    assert replay.needed_by_most([late] * 8 + [never] * 2, top=0.0) == "over 60"
