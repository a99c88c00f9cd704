"""A verifier and a clock that say what the test wants, and a reporter that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tensorop_gen.cache import records
from tensorop_gen.hardware.probe import probe
from tensorop_gen.pipeline import trial, way, workshop
from tensorop_gen.request.model import Request
from tensorop_gen.tune.model import Budget, Outcome, Trial
from tensorop_gen.verify import Failure, Verification

REQUEST = Request("sgemm for this machine")
GOOD = Verification(
    passed=True, cases=9, worst_ratio=0.5, worst={}, counts={}, seed=1, level="quick", harness="h", kind="measured"
)
WRONG = GOOD.model_copy(
    update={"passed": False, "failure": Failure(kind="element", text="C(0,0) is 1", case="run m=1", alone=True)}
)


FASTER = Outcome(gain=0.1, low=0.05, high=0.2)


@dataclass
class Heard:
    """A reporter that remembers."""

    stages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)

    def stage(self, name: str, text: str) -> None:
        self.stages.append(f"{name}: {text}")

    def note(self, text: str) -> None:
        self.notes.append(text)

    def trial(self, trial: Trial, _: Budget) -> None:
        self.trials.append(trial)

    def progress(self, what: str, done: float, total: float) -> None: ...


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is shipped, compiled or measured; every candidate passes."""
    root = tmp_path_factory.mktemp("root")
    monkeypatch.setattr(records, "source_root", lambda: root)
    if probe().isa == "generic":
        pytest.fail("these tests need a CPU with AVX2")
    monkeypatch.setattr(workshop, "verify", lambda *_: GOOD)
    monkeypatch.setattr(workshop, "build", lambda *_: None)
    monkeypatch.setattr(way, "measured", lambda *_: ())


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[Outcome | BaseException]:
    """What the trials of a search come to, one after the other."""
    coming: list[Outcome | BaseException] = []

    def evaluate(*_: object) -> Outcome:
        found = coming.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(trial.Evaluator, "__call__", evaluate)
    return coming
