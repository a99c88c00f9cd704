"""Whole runs with a model that is not up to them: what it says is refused, and there is a library all the same."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

import numpy as np
import pytest
from tests.tune.made_up import FACTORS, START, actions, evaluate

from tensorop_gen.author.llm.author import ROUNDS
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache import records
from tensorop_gen.cli import main
from tensorop_gen.hardware import library
from tensorop_gen.hardware.manual import extract
from tensorop_gen.hardware.manual.facts import wanted
from tensorop_gen.hardware.probe import runs
from tensorop_gen.llm.ask import ATTEMPTS
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.llm.open import open_model
from tensorop_gen.llm.transcript import Recorder, read_transcript
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import Budget, Trial
from tensorop_gen.tune.search import Search
from tensorop_gen.tune.steered import LlmPolicy

from .conftest import NAME, TALKATIVE

# Nothing that is asked for is stated, not even a number; written for the test.
MANUAL = "The Example processor comes in a green package. It was made for washing machines and is very quiet."


def done(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return stop.value.code if isinstance(stop.value.code, int) else 0


def generate(model: str, out: Path) -> int:
    """Each with a cache of its own."""
    words = ("--author", "llm", "--llm", model, "--tune", "off", "--out", str(out), "--cache", f"{out}-cache")
    return done("sgemm for x86-64-v3", *words)


@pytest.mark.skipif(native_arch() != "x86_64" or not runs(library.load("x86-64-v3")), reason="this machine lacks AVX2")
def test_the_builtin_library_comes_out_and_the_transcript_writes_it_again(
    smollm2: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(records, "source_root", lambda: tmp_path / "nothing is shipped")
    assert generate(smollm2, tmp_path / "out") == 0
    refused = notes(capfd)
    assert f"the model's kernel is not used: {NAME} gave no usable answer in " in refused
    assert "the builtin author's is" in refused
    assert multiplies(tmp_path / "out" / "lib" / "libtensorop.so")
    (transcript,) = (tmp_path / "out-cache" / "transcripts").iterdir()
    exchanges = read_transcript(transcript)
    assert {e.answer.model for e in exchanges} == {NAME}
    tasks = [e.prompt.task for e in exchanges]
    assert 1 <= tasks.count("sketch") <= ATTEMPTS
    assert 2 <= tasks.count("kernel-compute") <= ROUNDS
    assert f"in {tasks.count('kernel-compute')} attempts" in refused

    monkeypatch.delenv("OPENAI_BASE_URL")
    assert generate(f"replay:{transcript}", tmp_path / "again") == 0
    assert f"in {tasks.count('kernel-compute')} attempts" in notes(capfd)
    assert sources(tmp_path / "again") == sources(tmp_path / "out")


def notes(capfd: pytest.CaptureFixture[str]) -> str:
    """What was said beside the result, whatever the width of the terminal."""
    return " ".join(capfd.readouterr().err.split())


def multiplies(file: Path) -> bool:
    rng = np.random.default_rng(1)
    a, b = rng.random((31, 17), np.float32), rng.random((17, 23), np.float32)
    c = np.full((31, 23), np.nan, np.float32)
    pointers = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    ctypes.CDLL(str(file)).cblas_sgemm(
        101, 111, 111, 31, 23, 17, one, pointers[0], 17, pointers[1], 23, zero, pointers[2], 23
    )
    return bool(np.allclose(c, a @ b, rtol=1e-5))


def sources(folder: Path) -> dict[str, bytes]:
    found = {str(p.relative_to(folder)): p.read_bytes() for p in (folder / "src").rglob("*") if p.is_file()}
    assert "src/x86-64-v3/kernels.S" in found
    return found


def steered(model: Recorder, told: list[str]) -> list[Trial]:
    policy = LlmPolicy(model, FACTORS, START, HistoryPolicy(3, START), told.append)
    return list(Search(START, actions, policy, evaluate).run(Budget(trials=3)))


@pytest.mark.usefixtures("smollm2")
def test_a_search_takes_its_picks_where_they_are_whole() -> None:
    told: list[str] = []
    model, _ = open_model(TALKATIVE, LlmBudget())
    found = steered(model, told)
    assert len(found) == 3
    answers = [e.answer.text for e in model.exchanges if e.prompt.task == "space"]
    assert any(f'"{found[0].action.name}"' in text for text in answers) or len(told) == 1
    assert len(told) <= 1


@pytest.mark.usefixtures("smollm2")
def test_a_search_goes_on_by_the_history_where_the_budget_ends() -> None:
    told: list[str] = []
    model, _ = open_model(TALKATIVE, LlmBudget(tokens=5))
    by_history = Search(START, actions, HistoryPolicy(3, START), evaluate).run(Budget(trials=3))
    assert [t.action for t in steered(model, told)] == [t.action for t in by_history]
    (line,) = told
    assert line.startswith("the model does not steer the search, for now the history does: the budget")
    assert len(model.exchanges) == 1


@pytest.mark.usefixtures("smollm2")
def test_no_invented_fact_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    few = wanted()[:3]  # it is slow, and claims whatever may be claimed
    monkeypatch.setattr(extract, "wanted", lambda: few)
    monkeypatch.chdir(tmp_path)
    Path("example.txt").write_text(MANUAL)
    assert done("factors", "spacemit-k1", "--manual", "example.txt", "--llm", TALKATIVE, "--json") == 0
    found = json.loads(capfd.readouterr().out)["found"]
    assert found["facts"] == []
    assert found["refused"]
    assert any("its quotation is not there" in reason for reason in found["refused"])
