"""The model as second author on the whole way: kept if it is faster, and never in the way."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from tests.author.llm.scripted import RIGHT, SKETCH
from tests.llm.server import Reply, breaks_off, dribbles, fails, says, sends, serving

from tensorop_gen import pipeline
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware import library
from tensorop_gen.hardware.probe import runs
from tensorop_gen.llm import client
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.pipeline import LlmChoice, Options, Outcome, contest, way, workshop
from tensorop_gen.request.model import Request
from tensorop_gen.tune.model import Outcome as Race

from .conftest import GOOD, WRONG, Heard

pytestmark = pytest.mark.skipif(
    native_arch() != "x86_64" or not runs(library.load("x86-64-v3")), reason="this machine lacks AVX2"
)
KEY = "sk-canary-0123456789"
REQUEST = Request("sgemm for x86-64-v3", target="x86-64-v3")
FASTER, SLOWER, UNSURE = Race(0.1, 0.05, 0.15), Race(-0.1, -0.2, -0.05), Race(0.1, -0.1, 0.3)


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is shipped, built, verified or timed; the model's text is assembled and taken apart."""
    root = tmp_path_factory.mktemp("root")
    monkeypatch.setattr(records, "source_root", lambda: root)
    monkeypatch.setattr(workshop, "verify", lambda *_: GOOD)
    monkeypatch.setattr(workshop, "build", lambda *_: None)
    monkeypatch.setattr(way, "measured", lambda *_: ())
    monkeypatch.setattr(contest, "race", lambda *_: FASTER)
    monkeypatch.setattr(client, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(root / "none"))


@pytest.fixture
def heard() -> Heard:
    return Heard()


def options(folder: Path, model: str | None = "fake", rounds: int = 0) -> Options:
    choice = LlmChoice(model, LlmBudget(seconds=20), repairs=1, improvements=rounds) if model is not None else None
    return Options(out=folder / "out", emit="sources", cache=folder / "cache", llm=choice)


def kernel_author(outcome: Outcome) -> str:
    assert outcome.record
    return outcome.record.provenance.author


def asked(reply: Reply, folder: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    with serving(says(SKETCH), reply) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        return pipeline.generate(REQUEST, options(folder), heard)


def test_the_faster_one_is_kept_and_named(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = asked(says(RIGHT), tmp_path, heard, monkeypatch)
    assert kernel_author(outcome).startswith("llm (fake-1, answers ")
    assert outcome.llm.startswith("2 questions, 14 + 10 tokens")
    written = (tmp_path / "out" / "src" / "x86-64-v3" / "kernels.S").read_text()
    assert kernel_author(outcome) in written
    assert any("+10.0 %" in stage for stage in heard.stages)


@pytest.mark.parametrize("race", [SLOWER, UNSURE])
def test_what_is_not_surely_faster_is_not_kept(
    race: Race, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contest, "race", lambda *_: race)
    assert kernel_author(asked(says(RIGHT), tmp_path, heard, monkeypatch)) == "builtin"


def test_a_later_run_writes_the_same_without_model_or_key(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(says(RIGHT), tmp_path, heard, monkeypatch)
    before = files(tmp_path / "out")
    monkeypatch.delenv("OPENAI_API_KEY")
    again = pipeline.generate(REQUEST, replace(options(tmp_path, None), out=tmp_path / "out2"), heard)
    assert kernel_author(again) == kernel_author(first)
    assert files(tmp_path / "out2") == before
    third = pipeline.generate(REQUEST, replace(options(tmp_path, None), out=tmp_path / "out2"), heard)
    assert kernel_author(third) == kernel_author(first)


def test_a_replay_on_another_machine_writes_the_same(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(says(RIGHT), tmp_path, heard, monkeypatch)
    (transcript,) = (tmp_path / "cache" / "transcripts").iterdir()
    monkeypatch.delenv("OPENAI_API_KEY")
    other = tmp_path / "other"
    pipeline.generate(REQUEST, options(other, f"replay:{transcript}"), heard)
    assert files(other / "out") == files(tmp_path / "out")


def test_answers_that_no_longer_fit_are_said_and_left(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a later version asks in other words."""
    asked(says(RIGHT), tmp_path, heard, monkeypatch)
    store = Store(tmp_path / "cache")
    record = records.find(store, library.load("x86-64-v3"))
    assert record
    changed = records.answers(store, record).replace("MR = 16", "MR = 17")
    records.save(store, record, changed)
    assert kernel_author(pipeline.generate(REQUEST, options(tmp_path, None), heard)) == "builtin"
    assert any("cannot be written again" in note for note in heard.notes)


FOUR = says(RIGHT.replace("NR, UNROLL = 6, 4", "NR, UNROLL = 6, 8"))


def raced(
    replies: list[Reply], races: list[Race], folder: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> tuple[Outcome, list[str]]:
    """The outcome of a run with one improvement, and the last message of each question."""
    coming = iter(races)
    monkeypatch.setattr(contest, "race", lambda *_: next(coming))
    with serving(says(SKETCH), *replies) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        outcome = pipeline.generate(REQUEST, options(folder, rounds=1), heard)
    return outcome, [body["messages"][-1]["content"] for _, body in fake.asked]


def test_a_right_kernel_goes_back_to_be_made_faster(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, questions = raced([says(RIGHT), FOUR], [SLOWER, FASTER], tmp_path, heard, monkeypatch)
    assert "against the reference kernel: [measured: -10.0 % (-20.0 to -5.0 %)]." in questions[2]
    assert "Make it faster" in questions[2]
    assert kernel_author(outcome).startswith("llm")
    written = (tmp_path / "out" / "src" / "x86-64-v3" / "kernels.S").read_text()
    assert "\taddq\t$512, %rsi" in written
    (transcript,) = (tmp_path / "cache" / "transcripts").iterdir()
    monkeypatch.setattr(contest, "race", lambda *_: pytest.fail("measured again"))
    other = tmp_path / "other"
    pipeline.generate(REQUEST, options(other, f"replay:{transcript}", rounds=1), heard)
    assert files(other / "out") == files(tmp_path / "out")


@pytest.mark.parametrize("reply", [FOUR, fails(401), says("no idea")], ids=["slower", "no answer", "no kernel"])
def test_what_is_not_made_faster_stays_as_it_was(
    reply: Reply, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, questions = raced([says(RIGHT), reply], [FASTER, SLOWER], tmp_path, heard, monkeypatch)
    assert len(questions) > 2
    assert kernel_author(outcome).startswith("llm")
    assert "\taddq\t$256, %rsi" in (tmp_path / "out" / "src" / "x86-64-v3" / "kernels.S").read_text()
    again = pipeline.generate(REQUEST, options(tmp_path, None), heard)
    assert kernel_author(again) == kernel_author(outcome)


FAULTS = {
    "key refused": fails(401, f"Incorrect API key provided: {KEY}"),
    "forbidden": fails(403),
    "no such model": fails(404),
    "question turned down": fails(400, f"no {KEY}"),
    "rate limit": fails(429, headers=[("retry-after", "0")]),
    "server error": fails(500, KEY),
    "overloaded": fails(503),
    "broken off": breaks_off("```asm"),
    "nothing": sends(b""),
    "done at once": sends(b"data: [DONE]\n\n"),
    "no JSON": sends(b"data: {not json}\n\n"),
    "binary": sends(b"\xff\xfe\x00junk"),
    "a portal": sends(b"<html>log in</html>", "text/html"),
    "not streamed": sends(b'{"choices": []}', "application/json"),
    "wrong schema": sends(b'data: {"choices": 3}\n\n'),
    "refusal": says("I cannot help with that."),
    "filtered": says("x", ended="content_filter"),
    "blank": says("  \n "),
    "cut": says("```asm\nnop", ended="length"),
    "10 MB": says("y" * 10_000_000, pieces=20),
    "two kernels": says("```asm\nret\n```\n```c\nint x;\n```"),
    "harmful": says("```asm\n.globl compute\ncompute: syscall\nret\n```"),
    "a harmful script": says("```python\nprint(open('/etc/passwd').read())\n```"),
    "repeats the key": says(f"```asm\n{KEY}\n```", pieces=1),
}


@pytest.fixture
def plain(tmp_path: Path, heard: Heard) -> dict[str, str]:
    """The sources without any model."""
    pipeline.generate(REQUEST, options(tmp_path / "plain", None), heard)
    return files(tmp_path / "plain" / "out")


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_model_does_there_is_a_library(
    fault: str,
    plain: dict[str, str],
    tmp_path: Path,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    outcome = asked(FAULTS[fault], tmp_path, heard, monkeypatch)
    assert kernel_author(outcome) == "builtin"
    assert files(tmp_path / "out") == plain
    (note,) = heard.notes
    assert note.startswith("the model's kernel is not used: ")
    assert note.endswith("the builtin author's is")
    seen = " ".join([*heard.stages, *heard.notes, outcome.llm, *capfd.readouterr()])
    assert KEY not in seen
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
    assert KEY in os.environ.values()


SKETCHES = {
    "truncated JSON": says(SKETCH[:60], ended="length"),
    "broken JSON": says(SKETCH[:60]),
    "wrong schema": says('{"tile": [16, 6]}'),
    "impossible": says(SKETCH.replace('"nr": 6', '"nr": 600')),
    "prose": says("Take 16 x 6."),
    "refusal": says("no", ended="content_filter"),
    "10 MB": says("9" * 10_000_000, pieces=20),
}


@pytest.mark.parametrize("fault", SKETCHES)
def test_a_sketch_that_cannot_be_used_costs_the_sketch_only(
    fault: str, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 1 if fault == "refusal" else 2  # twice the same
    with serving(*[SKETCHES[fault]] * asked, says(RIGHT)) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert kernel_author(pipeline.generate(REQUEST, options(tmp_path), heard)).startswith("llm")
        assert len(fake.asked) == asked + 1
    (note,) = heard.notes
    assert note.startswith("the sketch keeps the parameters of the analytical model: ")


@pytest.mark.parametrize("listens", [False, True], ids=["down", "silent"])
def test_a_server_that_says_nothing(
    listens: bool, plain: dict[str, str], tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}/v1")
        if not listens:
            server.close()
        patient = replace(options(tmp_path), llm=LlmChoice("fake", LlmBudget(seconds=0.5 if listens else 20)))
        assert kernel_author(pipeline.generate(REQUEST, patient, heard)) == "builtin"
    assert files(tmp_path / "out") == plain
    (note,) = heard.notes
    assert ("budget for the model is spent" if listens else "gave no answer in 4 tries") in note


def test_a_slow_model_ends_with_its_budget(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(dribbles(5)) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        slow = replace(options(tmp_path), llm=LlmChoice("fake", LlmBudget(seconds=0.3)))
        assert kernel_author(pipeline.generate(REQUEST, slow, heard)) == "builtin"
    assert "budget for the model is spent" in heard.notes[0]


@pytest.mark.parametrize("model", ["", "nobody-knows", "replay:/nowhere", "gpt-4o"])
def test_a_model_that_cannot_be_asked(
    model: str, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert kernel_author(pipeline.generate(REQUEST, options(tmp_path, model), heard)) == "builtin"
    assert len(heard.notes) == 1


def test_repairs_are_bounded(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is always found wrong goes back so often and no more."""
    verdicts = iter([GOOD])
    monkeypatch.setattr(workshop, "verify", lambda *_: next(verdicts, WRONG))
    with serving(says(SKETCH), says(RIGHT), says(RIGHT.replace("NR, UNROLL = 6, 4", "NR, UNROLL = 6, 2"))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        outcome = pipeline.generate(REQUEST, options(tmp_path), heard)
        assert len(fake.asked) == 3
    assert kernel_author(outcome) == "builtin"
    assert "C(0,0) is 1" in heard.notes[0]


def files(folder: Path) -> dict[str, str]:
    kept = (p for p in folder.rglob("*") if p.is_file() and p.suffix in (".c", ".h", ".S", ".cmake"))
    return {str(p.relative_to(folder)): p.read_text() for p in kept}
