"""A search steered by a model on the whole way: what is kept of it, and going on from there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.llm.server import fails, says, serving

from tensorop_gen import pipeline
from tensorop_gen.llm import client
from tensorop_gen.llm.budget import LlmBudget, Meter
from tensorop_gen.llm.model import Usage
from tensorop_gen.pipeline import LlmChoice, Options
from tensorop_gen.pipeline.steering import after
from tensorop_gen.tune.model import Budget, Outcome

from .conftest import REQUEST, Heard

pytestmark = pytest.mark.usefixtures("stand_ins")
# An answer to both questions, written for the test.
BOTH = says(json.dumps({"kinds": ["unroll"]})), says(json.dumps({"actions": ["unroll=1", "unroll=2", "kc=9"]}))
TRIALS = [Outcome(gain=0.1, low=0.05, high=0.2), Outcome(reason="does not build"), Outcome(gain=0.02, low=0.01)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(client, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(tmp_path / "none"))


def options(folder: Path, model: str = "fake", trials: int = 3) -> Options:
    steer = LlmChoice(model, LlmBudget(seconds=20))
    budget = Budget(trials=trials)
    return Options(folder / "out", budget, "sources", folder / "cache", policy="llm", steer=steer)


def tuned(wanted: Options, heard: Heard) -> tuple[pipeline.Outcome, list[str]]:
    before = len(heard.trials)
    outcome = pipeline.generate(REQUEST, wanted, heard)
    return outcome, [trial.point.key for trial in heard.trials[before:]]


def kept(folder: Path, kind: str) -> Path:
    (found,) = (folder / "cache" / "transcripts").glob(f"search-*.{kind}")
    return found


def test_what_was_decided_is_replayed_elsewhere_with_what_was_measured(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes += [*TRIALS, TRIALS[0]]
    with serving(*BOTH) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        first, decided = tuned(options(tmp_path), heard)
    assert heard.trials[0].change == "unroll=1"
    assert first.llm.startswith("search: 2 questions, 14 + 10 tokens")
    monkeypatch.delenv("OPENAI_API_KEY")
    outcomes += [TRIALS[0]]  # of the winner against the start; no trial is measured again
    other = tmp_path / "other"
    again, same = tuned(options(other, f"replay:{kept(tmp_path, 'jsonl')}"), heard)
    assert same == decided
    assert again.record
    assert first.record
    assert again.record.candidate == first.record.candidate
    assert sources(other) == sources(tmp_path)
    assert not outcomes
    assert not heard.notes


def test_a_search_that_goes_on_asks_nothing_twice(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes += [TRIALS[0], KeyboardInterrupt()]
    with serving(*BOTH) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(KeyboardInterrupt, match="1 trials are kept"):
            tuned(options(tmp_path), heard)
        asked = len(fake.asked)
        outcomes += [*TRIALS[1:], TRIALS[0]]
        tuned(options(tmp_path), heard)
        assert len(fake.asked) == asked
    assert len(kept(tmp_path, "trials").read_text().splitlines()) == 3


def test_a_damaged_transcript_is_set_aside(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(*BOTH, *BOTH) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        outcomes += [TRIALS[1]]
        tuned(options(tmp_path, trials=1), heard)
        kept(tmp_path, "jsonl").write_text("damaged\n")
        tuned(options(tmp_path, trials=1), heard)
        assert len(fake.asked) == 4
    assert any("is set aside as search-" in note for note in heard.notes)
    assert kept(tmp_path, "damaged").read_text() == "damaged\n"


@pytest.mark.parametrize("model", ["", "replay:/nowhere", "nobody-knows", "gpt-4o"])
def test_a_model_that_cannot_be_asked_leaves_the_search_to_the_history(
    model: str, tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    outcomes += [TRIALS[1]] * 2
    found, decided = tuned(options(tmp_path, model, trials=2), heard)
    assert found.trials == len(decided) == 2
    (note,) = heard.notes
    assert note.startswith("the model cannot steer the search, the history does: ")


def test_trials_that_were_tampered_with_are_not_taken(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException]
) -> None:
    (tmp_path / "t.jsonl").write_text("")
    (tmp_path / "t.trials").write_text('{"gain": 9}\n')
    outcomes += [TRIALS[1]]
    tuned(options(tmp_path, f"replay:{tmp_path / 't.jsonl'}", trials=1), heard)
    assert "t.trials, line 1: no trial" in heard.notes[0]


def test_a_refusing_server_is_told_once_without_the_key(
    tmp_path: Path, heard: Heard, outcomes: list[Outcome | BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes += [TRIALS[1]] * 3
    with serving(fails(401, "wrong key sk-canary-0123456789")) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        found, _ = tuned(options(tmp_path), heard)
        assert len(fake.asked) == 1
    assert found.trials == 3
    (note,) = heard.notes
    assert "does not accept the key" in note
    assert "canary" not in note


def test_author_and_search_have_one_budget() -> None:
    steer = LlmChoice("fake", LlmBudget(tokens=100, dollars=None))
    spent = Meter(steer.budget)
    spent.count(Usage(prompt=30, answer=30), 1.0)
    rest = after(Options(policy="llm", steer=steer), spent).steer
    assert rest
    assert rest.budget == replace(steer.budget, tokens=40, seconds=1799.0)


def sources(folder: Path) -> dict[str, str]:
    found = (p for p in (folder / "out").rglob("*") if p.is_file() and p.suffix in (".c", ".h", ".S", ".cmake"))
    return {str(p.relative_to(folder)): p.read_text() for p in found}
