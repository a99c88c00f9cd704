"""Searches and their winners: which count, which are kept, which are taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen import pipeline
from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.pipeline import NotProvenError, Options, tuned, way, workshop
from tensorop_gen.pipeline.speed import SlowError
from tensorop_gen.tune.model import Budget, Outcome

from .conftest import FASTER, GOOD, REQUEST, WRONG, Heard

pytestmark = pytest.mark.usefixtures("stand_ins")


def tune(tmp_path: Path, heard: Heard, trials: int) -> pipeline.Outcome:
    return pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources", tune=Budget(trials=trials)), heard)


def test_the_fastest_is_kept(tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]) -> None:
    outcomes += [FASTER, Outcome(reason="does not build")]
    found = tune(tmp_path, heard, 2)
    assert found.record is not None
    assert found.trials == 2
    assert 1.10 < found.gain < 1.11
    assert found.record.params["direct_caps"] == list(heard.trials[0].params.direct_caps)
    assert records.find(Store(), found.factors) == found.record


def test_a_winner_that_is_not_proven_in_full_does_not_count(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [GOOD, WRONG, GOOD]
    monkeypatch.setattr(workshop, "verify", lambda *_: answers.pop(0))
    outcomes += [FASTER, FASTER]
    found = tune(tmp_path, heard, 2)
    assert found.record is not None
    assert found.record.params["direct_caps"] == list(heard.trials[0].params.direct_caps)
    assert found.record.params != heard.trials[1].params.to_dict()
    assert any("does not count" in note and "C(0,0) is 1" in note for note in heard.notes)
    assert not answers


def test_a_winner_that_is_not_surely_faster_does_not_count(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuned, "race", lambda *_: Outcome(gain=0.01, low=-0.01, high=0.03))
    outcomes += [FASTER]
    found = tune(tmp_path, heard, 1)
    assert found.record is not None
    assert (found.gain, found.record.provenance.params) == (1.0, "analytical")
    outcomes += [FASTER]
    tune(tmp_path, heard, 2)
    assert heard.trials[0].params != heard.trials[1].params, "what did not count is not tried again"


SLOW = SlowError("64x64x64 on 1 threads has 0.80 of the portable kernels' speed")


def emitted_library(out: Path) -> Callable[..., None]:
    return lambda *_: (out / "lib").mkdir(exist_ok=True)


def test_a_slow_library_is_taken_back(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        raise SLOW

    monkeypatch.setattr(way, "measured", slow)
    monkeypatch.setattr(way, "emit", emitted_library(tmp_path))
    with pytest.raises(NotProvenError, match=r"64x64x64.*portable"):
        pipeline.generate(REQUEST, Options(out=tmp_path), heard)
    assert not (tmp_path / "lib").exists()


def test_the_analytical_parameters_replace_a_slow_winner_for_good(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_once(*_: object) -> tuple[()]:
        monkeypatch.setattr(way, "measured", lambda *_: ())
        raise SLOW

    monkeypatch.setattr(way, "measured", slow_once)
    monkeypatch.setattr(way, "emit", emitted_library(tmp_path))
    outcomes += [FASTER, Outcome(reason="slow")]
    options = Options(out=tmp_path, tune=Budget(trials=1))
    found = pipeline.generate(REQUEST, options, heard)
    assert found.record is not None
    assert GemmParams.from_dict(found.record.params) == defaults(found.factors)
    assert records.find(Store(), found.factors) == found.record
    assert any("64x64x64" in note for note in heard.notes)
    again = pipeline.generate(REQUEST, replace(options, tune=Budget(trials=2)), heard)
    assert again.record is not None
    assert again.record.params == found.record.params, "the slow winner is not chosen again"
    assert not outcomes


def test_an_interrupted_search_goes_on(tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]) -> None:
    outcomes += [FASTER, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt, match="1 trials are kept; the same command goes on"):
        tune(tmp_path, heard, 3)
    assert not (tmp_path / "src").exists()
    outcomes += [Outcome(reason="does not build")] * 2
    found = tune(tmp_path, heard, 3)
    assert found.trials == 3
    assert found.gain > 1.1
    assert len({trial.params for trial in heard.trials}) == 3


def test_kept_trials_of_another_release_are_passed_over(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]
) -> None:
    outcomes += [Outcome(reason="slow"), KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, heard, 2)
    (entry,) = [entry for entry in Store().entries() if entry.endswith("-search")]
    Store().write(entry, {"trials.json": b'{"start": {"speed": 9}}'})
    outcomes += [Outcome(reason="slow")]
    assert tune(tmp_path, heard, 1).trials == 1
