"""Budgets as they are written; points however they were reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.tune.made_up import START

from tensorop_gen.tune.model import Budget, Point


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60", Budget(seconds=60)),
        ("60s", Budget(seconds=60)),
        ("40t", Budget(trials=40)),
        ("5 trials", Budget(trials=5)),
    ],
)
def test_budget(text: str, expected: Budget) -> None:
    assert Budget.parse(text) == expected


def test_no_budget_is_off() -> None:
    assert Budget.parse("off") is None


@pytest.mark.parametrize("text", ["", "-3", "soon", "5 minutes"])
def test_a_budget_that_is_none_says_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match="60s"):
        Budget.parse(text)


@pytest.mark.parametrize("text", ["0", "0s", "0 trials"])
def test_a_budget_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"a budget of {text} leaves no time for a trial"):
        Budget.parse(text)


def test_a_key_is_of_parameters_and_order() -> None:
    params = replace(START.params, kc=64, unroll=2)
    assert Point(params).key == Point(replace(START.params, unroll=2, kc=64)).key
    order = (("compute:loop", (1, 0)),)
    assert len({START.key, Point(params).key, Point(params, order).key}) == 3
