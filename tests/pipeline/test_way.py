"""The way as a whole, with a verifier and a clock that say what the test wants."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tensorop_gen import pipeline
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.build import find_toolchain
from tensorop_gen.cache import records
from tensorop_gen.cache.model import Record
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.pipeline import NotProvenError, Options, develop, trial, tuned, way, workshop
from tensorop_gen.pipeline.speed import SlowError
from tensorop_gen.request.model import Request, RequestError, Shape
from tensorop_gen.run import find_runner
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


@pytest.fixture(autouse=True)
def _nothing_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("root")
    monkeypatch.setattr(records, "source_root", lambda: root)


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    if probe().isa == "generic":
        pytest.fail("these tests need a CPU with AVX2")
    monkeypatch.setattr(workshop, "verify", lambda *_: GOOD)
    monkeypatch.setattr(workshop, "build", lambda *_: None)
    monkeypatch.setattr(way, "measured", lambda *_: ())
    monkeypatch.setattr(tuned, "race", lambda *_: FASTER)


def sources_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_from_a_request_to_sources(tmp_path: Path, heard: Heard) -> None:
    outcome = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    name = outcome.factors.name
    found = sources_in(tmp_path)
    assert {f"src/{name}/instance.c", f"src/{name}/kernels.S", "src/Makefile", "record/record.json"} <= found
    assert outcome.record is not None
    assert outcome.record.proof in (tmp_path / f"src/{name}/instance.c").read_text()
    assert "9 cases passed" in (tmp_path / "record/summary.txt").read_text()
    assert [stage.split(":")[0] for stage in heard.stages] == ["hardware", "author", "build", "verify", "emit"]


def test_the_second_run_takes_the_record(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    monkeypatch.setattr(workshop, "verify", lambda *_: pytest.fail("proven twice"))
    second = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert second.record == first.record
    assert "proven already" in " ".join(heard.stages)


def test_a_damaged_record_is_made_anew(tmp_path: Path, heard: Heard) -> None:
    first = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    file = next(Store().root.rglob("record.json"))
    file.write_text(file.read_text().replace('"cases": 9', '"cases": 8').replace('"cases":9', '"cases":8'))
    second = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert any("is damaged" in note for note in heard.notes)
    assert second.record == first.record
    assert Store().check() == ()


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path, heard: Heard) -> None:
    (tmp_path / "file").write_text("")
    options = Options(out=tmp_path / "out", emit="sources", cache=tmp_path / "file")
    outcome = pipeline.generate(REQUEST, options, heard)
    assert outcome.record is not None
    assert any("TENSOROP_CACHE_DIR" in note for note in heard.notes)


def test_what_is_not_proven_is_not_emitted(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "verify", lambda *_: WRONG)
    with pytest.raises(
        NotProvenError, match=r"(?s)C\(0,0\) is 1.*tensorop-gen verify 'sgemm for host' --params .* --case 'run m=1'"
    ):
        pipeline.generate(REQUEST, Options(out=tmp_path / "out"), heard)
    assert not (tmp_path / "out").exists()
    assert Store().entries() == ()


def test_no_record_and_no_machine_is_not_proven(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(develop, "runs", lambda _: False)
    with pytest.raises(NotProvenError, match="lacks the instructions"):
        pipeline.generate(Request("", target="x86-64-v3"), Options(out=tmp_path, emit="sources"), heard)


def test_portable_kernels_need_no_proof_of_their_own(tmp_path: Path, heard: Heard) -> None:
    outcome = pipeline.generate(Request("", target="x86-64-v2"), Options(out=tmp_path, emit="amalgamation"), heard)
    assert outcome.record is None
    assert {n for n in sources_in(tmp_path) if not n.endswith(".lock")} == {
        "tensorop.h",
        "tensorop.c",
        "tensorop_kernels.S",
    }


def test_another_cpu_is_proven_but_not_tuned(tmp_path: Path, heard: Heard) -> None:
    options = Options(out=tmp_path, emit="sources", tune=Budget(trials=3))
    outcome = pipeline.generate(Request("", target="x86-64-v3"), options, heard)
    assert outcome.trials == 0
    assert any("nothing is tuned" in note for note in heard.notes)


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


def test_a_record_that_this_release_does_not_take_is_passed_over(tmp_path: Path, heard: Heard) -> None:
    first = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert first.record is not None
    records.save(Store(), first.record.model_copy(update={"params": first.record.params | {"kc": 0}}))
    second = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert second.record == first.record
    assert any("passed over: kc must be at least 1" in note for note in heard.notes)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_not_ours_is_not_written_into(kind: str, tmp_path: Path, heard: Heard) -> None:
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
    (out / "mine" if kind == "folder" else out).write_text("")
    with pytest.raises(RequestError, match="choose another"):
        pipeline.generate(REQUEST, Options(out=out, emit="sources"), heard)
    assert heard.stages == ["hardware: " + heard.stages[0].removeprefix("hardware: ")]


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


def test_sources_of_several_targets(heard: Heard) -> None:
    names = ("x86-64-v3", "x86-64-v2")
    files = pipeline.sources(None, names, Options(), heard)
    assert "x86-64-v3/kernels.S" in files
    assert 'TENSOROP_TARGET_NAMES "x86-64-v3 generic"' in files["sources.cmake"]
    listed = pipeline.sources(None, names, Options(), heard, names_only=True)
    assert listed["sources.cmake"] == files["sources.cmake"]


def authors_that_mend(answers: Sequence[Verification], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The feedback that an author gets who writes something else each time."""
    given: list[object] = []
    left = list(answers)
    write = BuiltinAuthor.write

    def another(
        self: BuiltinAuthor,
        request: Request,
        factors: HardwareFactors,
        params: GemmParams | None = None,
        order: Order = (),
        feedback: Feedback | None = None,
    ) -> Candidate:
        given.append(feedback)
        candidate = write(self, request, factors, params, order)
        return replace(candidate, files={**candidate.files, "instance.c": f"/* {len(given)} */"})

    monkeypatch.setattr(BuiltinAuthor, "write", another)
    monkeypatch.setattr(workshop, "verify", lambda *_: left.pop(0))
    return given


def test_an_author_gets_feedback_until_it_is_right(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = authors_that_mend([WRONG, WRONG, GOOD], monkeypatch)
    pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert [getattr(feedback, "stage", None) for feedback in given[-3:]] == [None, "verify", "verify"]


def test_an_author_is_not_asked_forever(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    given = authors_that_mend([WRONG] * 100, monkeypatch)
    with pytest.raises(NotProvenError):
        pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert len(given) <= workshop.ATTEMPTS + 1


def test_two_runs_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    runs = [
        context.Process(target=pipeline.generate, args=(REQUEST, Options(out=tmp_path, emit="sources"), Heard()))
        for _ in range(2)
    ]
    for process in runs:
        process.start()
    for process in runs:
        process.join()
    assert [process.exitcode for process in runs] == [0, 0]
    assert Store().check() == ()
    assert records.find(Store(), probe()) is not None


def test_only_the_sketch_of_a_candidate_with_known_kernels_is_proven_in_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, object]] = []

    def verify(*given: object) -> Verification:
        asked.append((given[2], given[5]))
        return GOOD

    monkeypatch.setattr(workshop, "verify", verify)
    factors = probe()
    shop = workshop.Workshop(
        REQUEST, factors, BuiltinAuthor(), find_toolchain(factors.triple), find_runner(factors, ""), tmp_path
    )
    start = defaults(factors)
    for params in (start, replace(start, kc=start.kc - 32), replace(start, unroll=start.unroll * 2)):
        shop.prove(BuiltinAuthor().write(REQUEST, factors, params), "smoke")
    shop.prove(BuiltinAuthor().write(REQUEST, factors, start))
    assert asked == [("smoke", False), ("smoke", True), ("smoke", False), ("quick", False)]


def test_what_a_busy_machine_blurred_is_not_shipped(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    sharp = Measurement(
        shape=Shape(64, 64, 64), kind="measured", rounds=7, gflops=50, percent_of_peak=90, interval=(88, 92),
        before=1, after=1,
    )  # fmt: skip
    wide = sharp.model_copy(update={"shape": Shape(8, 8, 8), "interval": (60, 95)})
    impossible = sharp.model_copy(update={"shape": Shape(9, 9, 9), "percent_of_peak": 104, "interval": (103, 105)})
    monkeypatch.setattr(way, "measured", lambda *_: (sharp, wide, impossible))
    monkeypatch.setattr(way, "emit", lambda *_: None)
    outcome = pipeline.tune_only(REQUEST, Options(), heard, ship=True)
    assert outcome.record is not None
    source = outcome.record.provenance
    assert (source.params, source.trials) == ("analytical", 0)
    assert all((source.host, source.compiler, source.date, source.generator))
    shipped = records.shipped_path(outcome.record.triple, outcome.record.cpu, "gemm", "f32")
    assert Record.model_validate_json(shipped.read_bytes()).measurements == (sharp,)
    assert len([note for note in heard.notes if "not shipped" in note]) == 2
