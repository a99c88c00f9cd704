"""The search on a made-up machine: it finds what is faster, stops in time, and resumes where it was."""

from __future__ import annotations

import math

import pytest

from tensorop_gen.hardware import library
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.tune.model import Budget, Outcome, Trial
from tensorop_gen.tune.policy import RandomOrder
from tensorop_gen.tune.search import best, search

FACTORS = library.load("x86-64-v4")
START = defaults(FACTORS)


def speed(params: GemmParams) -> float:
    """Fastest at KC = 400 with 2 k-steps a pass."""
    return math.exp(-abs(params.kc - 400) / 400 - 0.1 * abs(params.unroll - 2))


def evaluate(params: GemmParams, incumbent: GemmParams, _group: str) -> Outcome:
    gain = math.log(speed(params) / speed(incumbent))
    return Outcome(gain, gain - 0.001, gain + 0.001)


def run(trials: int, seed: int = 0, history: tuple[Trial, ...] = ()) -> list[Trial]:
    return [*history, *search(START, FACTORS, RandomOrder(seed), evaluate, Budget(trials=trials), history)]


def test_ends_faster_than_it_began_and_never_slower() -> None:
    trials = run(80)
    assert speed(best(START, trials)) > 1.2 * speed(START)
    incumbent = START
    for trial in trials:
        if trial.accepted:
            assert speed(trial.params) > speed(incumbent)
            incumbent = trial.params


def test_same_seed_same_trials() -> None:
    assert run(30) == run(30)
    assert run(30) != run(30, seed=1)


def test_no_parameters_are_tried_twice() -> None:
    tried = [trial.params for trial in run(60)]
    assert len(set(tried)) == len(tried)


def test_resumes_with_the_incumbent_and_the_numbers_of_its_history() -> None:
    first = tuple(run(20))
    whole = run(30, history=first)
    assert [t.number for t in whole] == list(range(1, 31))
    assert speed(best(START, whole)) >= speed(best(START, first))


def test_a_failure_is_a_result_and_is_never_accepted() -> None:
    def failing(*_: object) -> Outcome:
        return Outcome(gain=9.0, low=9.0, high=9.0, reason="verify: c[0, 0] is wrong")

    trials = list(search(START, FACTORS, RandomOrder(), failing, Budget(trials=5)))
    assert len(trials) == 5
    assert best(START, trials) == START


def test_a_gain_within_the_noise_is_not_accepted() -> None:
    def noisy(*_: object) -> Outcome:
        return Outcome(gain=0.05, low=-0.01, high=0.1)

    assert not any(t.accepted for t in search(START, FACTORS, RandomOrder(), noisy, Budget(trials=5)))


def test_stops_at_the_end_of_its_seconds() -> None:
    now = iter(range(1000))
    trials = list(search(START, FACTORS, RandomOrder(), evaluate, Budget(seconds=10), clock=lambda: next(now)))
    assert len(trials) == 9


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


@pytest.mark.parametrize("text", ["", "0", "-3", "soon", "5 minutes"])
def test_a_budget_that_is_none_says_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match="60s"):
        Budget.parse(text)
