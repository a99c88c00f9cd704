"""Transcripts, replay and relay: what was said is kept, and nothing else is ever said."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.llm.server import says, serving

from tensorop_gen.llm.budget import LlmBudget, Meter
from tensorop_gen.llm.client import Client
from tensorop_gen.llm.endpoint import Endpoint
from tensorop_gen.llm.model import Answer, LlmError, Message, Prompt, SetupError
from tensorop_gen.llm.open import open_model
from tensorop_gen.llm.relay import Relay, RelayStopped
from tensorop_gen.llm.replay import Replay, ReplayMiss
from tensorop_gen.llm.transcript import Exchange, Recorder, cut_torn, digest, read_transcript

KEY = "sk-canary-0123456789"


def prompt(text: str, task: str = "kernel") -> Prompt:
    return Prompt(task=task, messages=(Message(role="system", content="be brief"), Message(role="user", content=text)))


def exchange(question: str, answer: str) -> Exchange:
    return Exchange.of(prompt(question), Answer(text=answer, model="m"), {})


def test_a_recorded_run_is_replayed_without_its_server_or_key(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    with serving(says("one"), says(f"two {KEY}", pieces=1)) as fake:
        endpoint = Endpoint(base_url=fake.url, model="fake", key=SecretStr(KEY))
        recorder = Recorder(Client(endpoint, Meter(LlmBudget())), file, {"temperature": 0})
        said = [recorder.answer(prompt(q)).text for q in ("a", "b")]
    assert recorder.name == "fake-1"
    assert file.read_text() == recorder.text()
    assert KEY not in file.read_text()
    again, _ = open_model(f"replay:{file}", LlmBudget(), environ={})
    assert [again.answer(prompt(q)).text for q in ("a", "b")] == said
    assert again.digest == recorder.digest == digest(read_transcript(file))


def test_a_changed_prompt_is_a_miss_that_says_what_changed() -> None:
    replay = Replay([exchange("line one\nline two", "x")], "t.jsonl")
    with pytest.raises(
        ReplayMiss, match=r"t\.jsonl has no answer to the prompt kernel .* was 'line two' and is 'line 2'"
    ):
        replay.answer(prompt("line one\nline 2"))
    with pytest.raises(ReplayMiss, match="it had 3 lines and has 4"):
        replay.answer(prompt("line one\nline two\nmore"))
    with pytest.raises(ReplayMiss, match="it has kernel"):
        replay.answer(prompt("line one", task="sketch"))


def test_the_same_prompt_twice_has_two_answers_and_no_third() -> None:
    replay = Replay([exchange("q", "1"), exchange("q", "2")])
    assert [replay.answer(prompt("q")).text for _ in range(2)] == ["1", "2"]
    with pytest.raises(ReplayMiss, match="all 2 are used up"):
        replay.answer(prompt("q"))


def test_measured_figures_do_not_make_another_question() -> None:
    replay = Replay([exchange("speed: [measured: +3.1 %]. faster!", "x")])
    assert replay.answer(prompt("speed: [measured: -0.2 %]. faster!")).text == "x"
    with pytest.raises(ReplayMiss):
        replay.answer(prompt("speed: [measured: -0.2 %]. slower!"))


def test_what_was_accepted_is_the_answer_each_time() -> None:
    last = Exchange.of(prompt("q"), Answer(text="good", model="m"), {}, accepted=True)
    replay = Replay([exchange("q", "bad"), last])
    assert replay.decided
    assert [replay.answer(prompt("q")).text for _ in range(3)] == ["good"] * 3
    assert not Replay([exchange("q", "bad")]).decided


def test_the_digest_is_of_words_not_of_times() -> None:
    one = exchange("q", "1")
    later = one.model_copy(update={"date": "2030-01-01", "answer": Answer(text="1", model="m", seconds=9.0)})
    assert digest([one]) == digest([later])
    assert digest([one]) != digest([exchange("q", "2")])


@pytest.mark.parametrize("change", ["no json", "", '{"prompt": 3}', "tampered"])
def test_a_damaged_transcript_is_named_with_its_line(change: str, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    whole = exchange("q", "the answer").model_dump_json()
    bad = whole.replace("the answer", "another one") if change == "tampered" else change
    file.write_text(f"{whole}\n{bad}\n")
    with pytest.raises(SetupError, match=r"t\.jsonl:2"):
        read_transcript(file)


def test_what_a_killed_run_was_writing_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    whole = exchange("q", "the answer").model_dump_json()
    file.write_text(f"{whole}\n{whole[:70]}")
    assert len(read_transcript(file)) == 1
    cut_torn(file)
    assert file.read_text() == f"{whole}\n"
    cut_torn(file)
    assert len(read_transcript(file)) == 1


def test_no_transcript() -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        open_model("replay:/nowhere/t", LlmBudget())


def test_relay_writes_waits_and_takes(tmp_path: Path) -> None:
    told: list[str] = []

    def person(_: float) -> None:
        (question,) = tmp_path.glob("*.prompt.md")
        assert "what now" in question.read_text()
        question.with_name(question.name.replace("prompt", "answer")).write_text("model: Strong One\nthis\n")

    answer = Relay(tmp_path, told.append, person).answer(prompt("what now"))
    assert (answer.text, answer.model) == ("this\n", "Strong One")
    assert answer.usage.estimated
    assert "waiting for" in told[0]


def test_relay_goes_on_after_a_stop(tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(RelayStopped, match="the same command goes on"):
        Relay(tmp_path, sleep=stop).answer(prompt("first"))
    (question,) = tmp_path.glob("*.prompt.md")
    reply = question.with_name(question.name.replace("prompt", "answer"))
    reply.write_text("done")
    relay = Relay(tmp_path, sleep=lambda _: None)
    assert relay.answer(prompt("first")).text == "done"
    with pytest.raises(RelayStopped):
        Relay(tmp_path, sleep=stop).answer(prompt("second"))
    assert [p.name[:3] for p in sorted(tmp_path.glob("*.prompt.md"))] == ["001", "002"]


def test_relay_waits_until_the_file_has_stopped_growing(tmp_path: Path) -> None:
    relay = Relay(tmp_path)
    question, reply = relay._files(prompt("q"))
    question.write_text("asked before")
    reply.write_text("half")
    texts = iter(["half of it", "half of it and the rest"])

    def write_on(_: float) -> None:
        if text := next(texts, None):
            reply.write_text(text)

    relay.sleep = write_on
    assert relay.answer(prompt("q")).text == "half of it and the rest"


def test_relay_refuses_what_no_model_wrote(tmp_path: Path) -> None:
    relay = Relay(tmp_path, sleep=lambda _: None)
    question, reply = relay._files(prompt("q"))
    reply.write_text("z" * 2_000_000)
    with pytest.raises(LlmError, match="too long"):
        relay.answer(prompt("q"))
    reply.unlink()
    reply.mkdir()
    with pytest.raises(LlmError, match="cannot be used"):
        relay.answer(prompt("q"))
    assert question.exists()
