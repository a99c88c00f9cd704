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
from tensorop_gen.pipeline import NotProvenError, Options, way, workshop
from tensorop_gen.pipeline.speed import SlowError
from tensorop_gen.tune.actions import ConstraintError
from tensorop_gen.tune.model import Budget, Outcome

from .conftest import FASTER, GOOD, REQUEST, WRONG, Heard

pytestmark = pytest.mark.usefixtures("stand_ins")


def tune(tmp_path: Path, heard: Heard, trials: int) -> pipeline.Outcome:
    return pipeline.generate(
        REQUEST, Options(out=tmp_path, emit="sources", policy="fixed", tune=Budget(trials=trials)), heard
    )


def test_the_fastest_is_kept(tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]) -> None:
    outcomes += [FASTER, Outcome(reason="does not build"), FASTER]
    found = tune(tmp_path, heard, 2)
    assert found.record is not None
    assert found.trials == 2
    assert 1.10 < found.gain < 1.11
    assert found.record.params["direct_caps"] == list(heard.trials[0].params.direct_caps)
    assert records.find(Store(), found.factors) == found.record
    assert dict(found.record.dispatch)["2048x2048x2048"] == "packed"


def test_a_winner_that_is_not_proven_in_full_does_not_count(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [GOOD, WRONG, GOOD]
    monkeypatch.setattr(workshop, "verify", lambda *_: answers.pop(0))
    outcomes += [FASTER] * 4
    found = tune(tmp_path, heard, 2)
    assert found.record is not None
    assert found.record.params["direct_caps"] == list(heard.trials[0].params.direct_caps)
    assert found.record.params != heard.trials[1].params.to_dict()
    assert any("is not kept" in note and "C(0,0) is 1" in note for note in heard.notes)
    assert (answers, outcomes) == ([], [])


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


def test_the_analytical_parameters_replace_a_slow_winner(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_once(*_: object) -> tuple[()]:
        monkeypatch.setattr(way, "measured", lambda *_: ())
        raise SLOW

    monkeypatch.setattr(way, "measured", slow_once)
    monkeypatch.setattr(way, "emit", emitted_library(tmp_path))
    outcomes += [FASTER, FASTER]
    found = pipeline.generate(REQUEST, Options(out=tmp_path, policy="fixed", tune=Budget(trials=1)), heard)
    assert found.record is not None
    assert GemmParams.from_dict(found.record.params) == defaults(found.factors)
    assert records.find(Store(), found.factors) == found.record
    assert any("64x64x64" in note for note in heard.notes)
    assert not outcomes


def test_an_interrupted_search_goes_on(tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]) -> None:
    outcomes += [FASTER, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt, match="1 trials are kept; the same command goes on"):
        tune(tmp_path, heard, 3)
    assert not (tmp_path / "src").exists()
    outcomes += [*[Outcome(reason="does not build")] * 2, Outcome(gain=0.1)]
    found = tune(tmp_path, heard, 3)
    assert found.trials == 3
    assert found.gain > 1.1
    assert len({trial.point for trial in heard.trials}) == 3


@pytest.mark.parametrize("last", [Outcome(gain=-0.01), Outcome(reason="hangs")])
def test_what_was_luck_is_not_kept(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], last: Outcome
) -> None:
    """Held against the start once more it is slower, or fails."""
    outcomes += [FASTER, last]
    found = tune(tmp_path, heard, 1)
    assert found.gain == 1.0
    assert found.record is not None
    assert found.record.params["kc"] == defaults(found.factors).kc
    assert any("is not kept" in note for note in heard.notes)


def test_a_damaged_history_costs_the_search_its_memory_only(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]
) -> None:
    Store().root.mkdir(parents=True, exist_ok=True)
    (Store().root / "history.sqlite").write_bytes(b"torn" * 1000)
    outcomes += [Outcome(reason="slow")]
    assert tune(tmp_path, heard, 1).trials == 1
    assert any("history.sqlite is damaged" in note for note in heard.notes)


def test_a_constraint_holds_or_is_refused(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]
) -> None:
    outcomes += [Outcome(reason="slow")] * 5
    options = Options(out=tmp_path, emit="sources", policy="fixed", tune=Budget(trials=5), fixed={"kc": 128})
    found = pipeline.generate(REQUEST, options, heard)
    assert found.record is not None
    assert {found.record.params["kc"], *(trial.params.kc for trial in heard.trials)} == {128}
    with pytest.raises(ConstraintError, match="nothing can be tuned with vectors=40"):
        pipeline.generate(REQUEST, replace(options, fixed={"vectors": 40}), heard)
