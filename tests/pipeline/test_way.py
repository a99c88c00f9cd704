"""The way as a whole, with a verifier and a clock that say what the test wants."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tensorop_gen import pipeline
from tensorop_gen.cache import records
from tensorop_gen.cache.model import Record
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.pipeline import NotProvenError, Options, develop, way, workshop
from tensorop_gen.request.model import Request, RequestError, Shape
from tensorop_gen.tune.model import Budget

from .conftest import REQUEST, WRONG, Heard

pytestmark = pytest.mark.usefixtures("stand_ins")


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


def test_a_record_of_another_start_is_named(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used all the same: what is proven stays proven."""
    first = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    other = first.factors.model_copy(update={"start": {"thread_work": 12345}})
    monkeypatch.setattr(way, "target_on", lambda *_: other)
    second = pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert second.record == first.record
    assert any("is stale" in note and "thread_work=12345" in note for note in heard.notes)


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
    monkeypatch.setattr(develop, "lacks_instructions", lambda *_: True)
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


def test_sources_of_several_targets(heard: Heard) -> None:
    names = ("x86-64-v3", "x86-64-v2")
    files = pipeline.sources(None, names, Options(), heard)
    assert "x86-64-v3/kernels.S" in files
    assert 'TENSOROP_TARGET_NAMES "x86-64-v3 generic"' in files["sources.cmake"]
    listed = pipeline.sources(None, names, Options(), heard, names_only=True)
    assert listed["sources.cmake"] == files["sources.cmake"]


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
