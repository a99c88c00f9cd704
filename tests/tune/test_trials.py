"""Another tuner's trials: written as they end, read off at any number of them, gone on with."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bench.tuner import tvm_library, tvm_metaschedule
from bench.tuner.trials import Trial, Trials, marks, read

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.request.model import Shape

ABOUT = {"machine": "a made-up one", "tuner": "none", "target": "{}", "shape": "1024x1024x1024", "threads": "1",
         "seed": "0", "date": "2026-11-24"}  # fmt: skip


def trial(number: int, seconds: float | None) -> Trial:
    return Trial(f"p{number}", seconds, search=1.0, build=2.0, run=3.0, error="" if seconds else "does not build")


@pytest.fixture
def trials(tmp_path: Path) -> Trials:
    artifact = tmp_path / "built.tar"
    artifact.write_bytes(b"objects")
    made = Trials(tmp_path / "tvm.jsonl", ABOUT)
    for number, seconds in enumerate([0.03, None, 0.02, 0.025, 0.01]):
        made.add(trial(number, seconds), artifact if seconds else None)
    return made


def test_the_curve_is_read_off_at_any_number_of_trials(trials: Trials) -> None:
    found = marks(trials.done, [1, 4, 5, 64])
    assert [(mark.trials, mark.best.program, mark.wall) for mark in found] == [
        (1, "p0", 6),
        (4, "p2", 24),
        (5, "p4", 30),
    ]


def test_no_mark_without_a_program_that_ran() -> None:
    assert marks([trial(0, None)], [1]) == []


def test_programs_are_kept_that_were_the_fastest(trials: Trials) -> None:
    assert sorted(path.stem for path in trials.programs.iterdir()) == ["p0", "p2", "p4"]


def test_goes_on_where_the_file_ends_even_in_the_middle_of_a_line(trials: Trials) -> None:
    with trials.file.open("a") as out:
        out.write('{"program": "p9", "sec')
    again = Trials(trials.file, ABOUT | {"date": "2026-11-25"})
    assert again.done == trials.done
    again.add(trial(5, 0.04))
    assert [one.program for one in read(trials.file)[1]] == ["p0", "p1", "p2", "p3", "p4", "p5"]


def test_the_file_of_another_search_is_refused(trials: Trials) -> None:
    with pytest.raises(ValueError, match="is about seed 0, not 1: name another file"):
        Trials(trials.file, ABOUT | {"seed": "1"})


def test_the_table_says_what_failed_and_what_it_took(trials: Trials) -> None:
    text = tvm_metaschedule.table(trials.file, [4, 2048])
    assert "5 trials, 1 of them without a speed" in text
    assert "| 4 | 107.4 | 24 |" in text
    assert "2048" not in text


def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "bench.tuner.tvm_search", None)
    assert tvm_metaschedule.main([str(tmp_path / "tvm.jsonl")]) == 3
    assert "pip install -r bench/tuner/tvm.txt" in capfd.readouterr().err


def test_nothing_to_compare_with_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tvm.jsonl"
    file.write_text(json.dumps(ABOUT) + "\n")
    assert tvm_metaschedule.main([str(file), "--compare", "lib.so"]) == 2
    assert "run the search first" in capfd.readouterr().err


def test_a_damaged_program_is_named(tmp_path: Path, trials: Trials) -> None:
    with pytest.raises(MeasureError, match=r"p0\.tar is no tar of object files"):
        tvm_library.library("TVM", trials.artifact(trials.done[0]), Shape(4, 4, 4), tmp_path / "folder")
