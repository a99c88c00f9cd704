"""Sentences that name a model mean its matrix products."""

from __future__ import annotations

import pytest

from tensorop_gen.request.model import Shape
from tensorop_gen.request.models import take_models
from tensorop_gen.request.parse import parse

SEVEN = take_models("llama-7b")[0]
SEVENTY = take_models("llama3-70b")[0]


@pytest.mark.parametrize(
    ("text", "target", "shapes"),
    [
        ("sgemm for K1 for Llama-7B shapes", "K1", SEVEN),
        ("sgemm for Llama 7B's shapes for K1", "K1", SEVEN),
        ("sgemm for this machine with the Llama-3-70B sizes", "host", SEVENTY),
        ("LLAMA7B sgemm", "host", SEVEN),
        ("sgemm 8x8x8 for K1, Llama3 70B dimensions", "K1", (Shape(8, 8, 8), *SEVENTY)),
    ],
)
def test_sentences(text: str, target: str, shapes: tuple[Shape, ...]) -> None:
    request = parse(text)
    assert (request.target, request.shapes) == (target, shapes)


def test_two_models_are_both_meant() -> None:
    assert set(parse("sgemm for llama-7b and llama3-70b shapes on K1").shapes) == {*SEVEN, *SEVENTY}


def test_dimensions_are_those_of_the_papers() -> None:
    assert {(s.k, s.n) for s in SEVEN} == {(4096, 4096), (4096, 11008), (11008, 4096)}
    assert {(s.k, s.n) for s in SEVENTY} == {(8192, 1280), (1024, 8192), (8192, 7168), (3584, 8192)}


def test_a_text_without_a_model_is_left_as_it_is() -> None:
    assert take_models("sgemm for K1") == ((), "sgemm for K1")
