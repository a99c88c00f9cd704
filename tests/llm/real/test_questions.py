"""One question at a time: the answer, its cost, its length, its form."""

from __future__ import annotations

import json

import pytest

from tensorop_gen.author.llm.sketch import sketch_params
from tensorop_gen.hardware import library
from tensorop_gen.llm.ask import ATTEMPTS
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.llm.model import CUT, Message, Prompt, UnusableAnswer
from tensorop_gen.llm.open import open_model
from tensorop_gen.operators.gemm.params import problems

from .conftest import MOST, NAME

FACTORS = library.load("x86-64-v3")


def said(text: str, schema: dict[str, object] | None = None) -> Prompt:
    return Prompt(task="test", messages=(Message(role="user", content=text),), answer_schema=schema)


def test_an_answer_comes_in_pieces_and_is_counted(smollm2: str) -> None:
    heard: list[int] = []
    model, meter = open_model(smollm2, LlmBudget(), progress=heard.append)
    answer = model.answer(said("What is the capital of France? Answer in one short sentence."))
    assert "Paris" in answer.text
    assert answer.model == NAME
    assert not answer.usage.estimated
    assert answer.usage.prompt > 10
    assert len(set(heard)) > 2
    assert heard[-1] == len(answer.text)
    assert str(meter).startswith(f"1 questions, {answer.usage.prompt} + {answer.usage.answer} tokens, ")


@pytest.mark.parametrize(("budget", "most"), [(LlmBudget(), MOST), (LlmBudget(tokens=20), 20)])
def test_an_answer_is_no_longer_than_preset_and_budget_allow(smollm2: str, budget: LlmBudget, most: int) -> None:
    model, _ = open_model(smollm2, budget)
    answer = model.answer(said("Write a long story."))
    assert answer.usage.answer == most
    assert answer.text.endswith(CUT)


def test_a_schema_is_kept_to(smollm2: str) -> None:
    model, _ = open_model(smollm2, LlmBudget())
    colour = {"properties": {"colour": {"enum": ["teal", "ochre"]}}, "required": ["colour"]}
    answer = model.answer(said("What is your favourite animal?", {"type": "object", **colour}))
    assert json.loads(answer.text)["colour"] in ("teal", "ochre")


def test_a_sketch_is_possible_or_refused_with_the_reason(smollm2: str) -> None:
    model, _ = open_model(smollm2, LlmBudget())
    try:
        assert not problems(sketch_params(model, FACTORS), FACTORS)
    except UnusableAnswer as error:
        reason = str(error).partition(" attempts: ")[2]
        assert len(model.exchanges) > 1
        assert any(word in reason for word in ("MR", "registers", "workspace", "JSON"))
    assert len(model.exchanges) <= ATTEMPTS
    for again in model.exchanges[1:]:
        assert again.prompt.messages[-1].content.startswith("That answer cannot be used: ")
