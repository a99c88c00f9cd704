"""The client against a server that does everything wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from tests.llm.server import Reply, breaks_off, dribbles, fails, says, sends, serving

from tensorop_gen.llm.budget import LlmBudget, Meter
from tensorop_gen.llm.client import TRIES, Client
from tensorop_gen.llm.endpoint import Endpoint, Price
from tensorop_gen.llm.model import LONGEST, BudgetSpent, LlmError, Message, Prompt, SetupError, UnusableAnswer

KEY = "sk-canary-0123456789"
PROMPT = Prompt(task="test", messages=(Message(role="user", content="say something"),))
JSON = PROMPT.model_copy(update={"answer_schema": {"type": "object", "properties": {}}})


def client(url: str, budget: LlmBudget | None = None, most: int = 0, **more: object) -> Client:
    parameters = {"temperature": 0} | ({"max_tokens": most} if most else {})
    endpoint = Endpoint(base_url=url, model="fake", key=SecretStr(KEY), parameters=parameters)
    return Client(endpoint, Meter(budget or LlmBudget()), sleep=lambda _: None, **more)  # type: ignore[arg-type]


def test_an_answer_with_its_cost() -> None:
    seen: list[int] = []
    with serving(says("hello world")) as fake:
        asking = client(fake.url, progress=seen.append)
        answer = asking.answer(PROMPT)
    headers, body = fake.asked[0]
    assert (answer.text, answer.model, answer.usage.total) == ("hello world", "fake-1", 12)
    assert headers["authorization"] == f"Bearer {KEY}"
    assert body["messages"] == [{"role": "user", "content": "say something"}]
    assert body["temperature"] == 0
    assert seen[-1] == len("hello world")
    assert str(asking.meter).startswith("1 questions, 7 + 5 tokens")


def test_tokens_are_estimated_where_the_server_counts_none() -> None:
    with serving(says("x" * 40, usage=False)) as fake:
        answer = client(fake.url).answer(PROMPT)
    assert (answer.usage.answer, answer.usage.estimated) == (10, True)


def test_an_answer_that_breaks_off_is_counted_too() -> None:
    with serving(breaks_off("x" * 40), says("hello")) as fake:
        asking = client(fake.url)
        asking.answer(PROMPT)
    assert asking.meter.questions == 2
    assert asking.meter.answer_tokens == 10 + 5


@pytest.mark.parametrize(
    "fault",
    [
        fails(429, headers=[("retry-after", "0")]),
        fails(429, headers=[("retry-after", "soon")]),
        fails(500),
        fails(503),
        fails(408),
        breaks_off("half"),
        sends(b""),
        sends(b"data: {not json}\n\n"),
        sends(b'data: {"choices": [{"index": 0, "delta": {"content": "a"}}]}\n\n'),
        sends(b"\xff\xfe\x00junk"),
        sends(b"<html>a portal</html>", "text/html"),
        sends(b'{"choices": [{"message": {"content": "not streamed"}}]}', "application/json"),
        sends(b"data: [DONE]\n\n"),
        sends(b"data: 7\n\n"),
        sends(b'data: {"choices": 3}\n\n'),
        says("cut", ended=None),
    ],
)
def test_what_may_be_better_next_time_is_tried_again(fault: Reply) -> None:
    with serving(fault, says("hello")) as fake:
        assert client(fake.url).answer(PROMPT).text == "hello"
    with serving(fault) as fake, pytest.raises(LlmError, match=f"no answer in {TRIES} tries") as failed:
        client(fake.url).answer(PROMPT)
    assert len(fake.asked) == TRIES
    assert KEY not in str(failed.value)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (fails(401, f"Incorrect API key provided: {KEY}"), SetupError, "does not accept the key"),
        (fails(403), SetupError, "does not accept the key"),
        (fails(404), SetupError, "has no model fake"),
        (fails(400, f"bad {KEY}"), LlmError, "turned the question down"),
        (says("sorry", ended="content_filter"), UnusableAnswer, "refused to answer"),
        (says("   "), UnusableAnswer, "refused to answer"),
    ],
)
def test_what_will_not_get_better_is_not_tried_again(reply: Reply, kind: type[LlmError], words: str) -> None:
    with serving(reply) as fake, pytest.raises(kind, match=words) as failed:
        client(fake.url).answer(PROMPT)
    assert len(fake.asked) == 1
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None


def test_no_server_at_all() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(LlmError, match="no answer"):
        client(url).answer(PROMPT)


def test_a_schema_is_sent_and_left_out_where_it_is_not_taken() -> None:
    with serving(says("{}")) as fake:
        client(fake.url).answer(JSON)
    assert fake.asked[0][1]["response_format"]["type"] == "json_schema"
    with serving(fails(400, "response_format is not supported"), says("{}")) as fake:
        asking = client(fake.url)
        asking.answer(JSON)
        asking.answer(JSON)
    assert ["response_format" in body for _, body in fake.asked] == [True, False, False]


def test_what_a_server_does_not_know_is_left_out() -> None:
    """Newer models want another name for the limit and no temperature."""
    faults = [
        fails(400, "Unsupported parameter: 'max_tokens'; use 'max_completion_tokens'"),
        fails(400, "temperature?"),
    ]
    with serving(*faults, says("hello")) as fake:
        asking = client(fake.url)
        assert asking.answer(PROMPT).text == "hello"
        asking.answer(PROMPT)
    assert len(fake.asked) == 4
    last = fake.asked[-1][1]
    assert last["max_completion_tokens"]
    assert not {"max_tokens", "temperature"} & last.keys()


@pytest.mark.parametrize(
    ("most", "tokens", "sent"), [(0, None, PROMPT.max_tokens), (300, None, 300), (300, 200, 200), (10**6, 50, 50)]
)
@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_least_of_preset_question_and_budget_bounds_an_answer(
    name: str, most: int, tokens: int | None, sent: int
) -> None:
    newer = [fails(400, "Unsupported parameter: 'max_tokens'")] if name != "max_tokens" else []
    with serving(*newer, says("hello")) as fake:
        client(fake.url, LlmBudget(tokens=tokens), most).answer(PROMPT)
    assert fake.asked[-1][1][name] == sent


def test_a_slow_answer_ends_with_the_budget() -> None:
    with serving(dribbles(5.0)) as fake, pytest.raises(BudgetSpent, match=r"0\.2 s.*--llm-budget"):
        client(fake.url, LlmBudget(seconds=0.2)).answer(PROMPT)


def test_a_silent_server_ends_with_the_budget() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(BudgetSpent):
        client(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", LlmBudget(seconds=0.2)).answer(PROMPT)


def test_tokens_and_dollars_end_it_too() -> None:
    with serving(says("hello")) as fake:
        asking = client(fake.url, LlmBudget(tokens=12))
        asking.answer(PROMPT)
        with pytest.raises(BudgetSpent, match="12 tokens"):
            asking.answer(PROMPT)
        assert len(fake.asked) == 1
        asking = client(fake.url, LlmBudget(dollars=1e-5))
        asking.meter.price = Price(input=1.0, output=1.0, date="2024-10")
        asking.answer(PROMPT)
        with pytest.raises(BudgetSpent, match="dollars"):
            asking.answer(PROMPT)
    assert "dollars at the prices of 2024-10" in str(asking.meter)


def test_a_huge_answer_is_cut() -> None:
    with serving(says("y" * 10_000_000, pieces=50)) as fake:
        text = client(fake.url).answer(PROMPT).text
    assert len(text) < LONGEST + 100
    assert text.endswith("[cut: too long]")


def test_an_answer_that_repeats_the_key_loses_it() -> None:
    with serving(says(f"your key is {KEY}", pieces=1)) as fake:
        assert client(fake.url).answer(PROMPT).text == "your key is [key]"


@pytest.mark.parametrize("pause", ["7", "1e9"])
def test_the_server_says_how_long_to_wait(pause: str) -> None:
    waited: list[float] = []
    keep: Callable[[float], None] = waited.append
    with serving(fails(429, headers=[("retry-after", pause)]), says("hello")) as fake:
        asking = client(fake.url)
        asking.sleep = keep
        asking.answer(PROMPT)
    assert waited == [min(float(pause), 120.0)]


@pytest.mark.parametrize("text", ["", "10", "10x", "-3m", "0t", "2 hours"])
def test_budgets_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="10m,200kt,2usd"):
        LlmBudget.parse(text)


def test_budgets() -> None:
    assert LlmBudget.parse("10m, 200kt,2usd") == LlmBudget(600.0, 200_000, 2.0)
    assert LlmBudget.parse("90s").tokens == LlmBudget().tokens
    assert json.loads(JSON.model_dump_json())["task"] == "test"
