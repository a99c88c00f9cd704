"""Answers in the form asked for, or a bounded number of questions."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel, Field

from tensorop_gen.llm.ask import as_code, as_json, ask
from tensorop_gen.llm.model import CUT, Answer, Message, Prompt, UnusableAnswer

PROMPT = Prompt(task="pick", messages=(Message(role="user", content="pick one"),))


class Pick(BaseModel):
    action: str
    weight: int = Field(ge=0)


@dataclass
class Scripted:
    """Says what it was given, in order; the last for ever."""

    texts: list[str]
    asked: list[Prompt] = field(default_factory=list)
    name = "scripted"

    def answer(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return Answer(text=self.texts[min(len(self.asked), len(self.texts)) - 1], model=self.name)


@pytest.mark.parametrize(
    "text",
    [
        '{"action": "BN", "weight": 3}',
        'Sure!\n```json\n{"action": "BN", "weight": 3}\n```\nDone.',
        'I pick {"action": "BN", "weight": 3} because {it} is best.',
    ],
)
def test_json_with_words_round_it(text: str) -> None:
    assert ask(Scripted([text]), PROMPT, as_json(Pick)) == Pick(action="BN", weight=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no", "no JSON object"),
        ('{"action": ', "not JSON"),
        ('{"action": "BN", "weight": -1}', "weight"),
        ("{" * 100_000, "not JSON"),
        ('{"a":' * 50_000, "not JSON"),
    ],
)
def test_what_is_wrong_goes_back_and_may_be_mended(text: str, words: str) -> None:
    model = Scripted([text, '{"action": "BN", "weight": 3}'])
    assert ask(model, PROMPT, as_json(Pick)).weight == 3
    assert words in model.asked[1].messages[-1].content
    assert model.asked[1].messages[-2].content == text


def test_attempts_are_bounded() -> None:
    model = Scripted(["no", "never", "not at all", '{"action": "BN", "weight": 3}'])
    with pytest.raises(UnusableAnswer, match="in 3 attempts: there is no JSON object"):
        ask(model, PROMPT, as_json(Pick))
    assert len(model.asked) == 3


def test_who_repeats_an_answer_is_not_asked_the_same_again() -> None:
    model = Scripted(["no"])
    with pytest.raises(UnusableAnswer, match="in 2 attempts"):
        ask(model, PROMPT, as_json(Pick), attempts=9)
    assert len(set(model.asked)) == len(model.asked) == 2


def test_who_was_cut_is_told_so() -> None:
    model = Scripted([f'{{"action": "BN", {CUT}', '{"action": "BN", "weight": 3}'])
    ask(model, PROMPT, as_json(Pick))
    assert "it was cut, be brief; it is not JSON" in model.asked[1].messages[-1].content


def test_code() -> None:
    read = as_code(("asm", "c"))
    assert read("Here:\n```asm\n\tret\n```\nand text `x`") == ("asm", "\tret\n")
    assert read("```C\nint x;\n```\n```text\nnot code\n```") == ("c", "int x;\n")
    for bad in ("none", "```asm\nnever closed", "```asm\n1\n```\n```c\n2\n```"):
        with pytest.raises(ValueError, match="exactly one"):
            read(bad)
