"""tensorop-gen history, and what a search says when it is stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cache.rows import row
from typer.testing import CliRunner

from tensorop_gen.cache.history import History
from tensorop_gen.cli.app import app


@pytest.fixture
def cache(tmp_path: Path) -> str:
    with History(tmp_path / "cache") as history:
        history.add([row(1), row(2).model_copy(update={"reason": "does not build", "accepted": False})])
    return str(tmp_path / "cache")


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["history", *arguments])
    return done.exit_code, done.output


def test_one_line_for_each_search(cache: str) -> None:
    code, out = said("--cache", cache)
    assert code == 0
    assert "history.sqlite: 2 trials" in out
    assert "rv64gc, gemm f32, history seed 0: 2 trials, 1 failed, 1.105x  [a board, 4 cores" in out


def test_every_trial_as_json(cache: str) -> None:
    found = json.loads(said("--json", "--cache", cache)[1])
    assert [one["number"] for one in found] == [1, 2]
    assert found[1]["reason"] == "does not build"
    assert json.loads(said("--json", "--target", "zen4", "--cache", cache)[1]) == []


def test_trials_travel(cache: str, tmp_path: Path) -> None:
    file, other = str(tmp_path / "lines"), str(tmp_path / "other")
    assert said("export", file, "--cache", cache) == (0, f"2 trials written to {file}\n")
    assert said("import", file, "--cache", other) == (0, f"2 trials taken in from {file}\n")
    assert said("import", file, "--cache", other) == (0, f"0 trials taken in from {file}\n")
    Path(file).write_text("nonsense\n")
    code, out = said("import", file, "--cache", other)
    assert code == 1
    assert f"left out: {file}, line 1: " in out
