"""Rounds are repeated only while the decision hangs on them."""

from __future__ import annotations

import itertools
import random

import pytest

from tensorop_gen.measure.settle import DULL, MOST, Verdict, settle

WORTH = 0.003


def settled(*ratios: float) -> Verdict:
    """As if the rounds gave these, again and again."""
    rounds = itertools.cycle(ratios)
    return settle(lambda: next(rounds), WORTH)


@pytest.mark.parametrize(
    ("ratios", "rounds"),
    [
        ((-0.2, -0.1), 2),  # hopeless
        ((-0.01, -0.02, -0.01), 3),  # against it each time
        ((0.05, 0.06, 0.04), 8),  # for it each time, as often as 99 % takes
        ((0.001, 0.002, -0.001), 8),  # nothing that would be worth it
        ((0.1, -0.1, 0.0), DULL),  # cannot be told, and does not look better
        ((0.1, -0.1, 0.01), MOST),  # looks better, and cannot be told
    ],
)
def test_ends_as_soon_as_it_is_decided(ratios: tuple[float, ...], rounds: int) -> None:
    assert settled(*ratios).rounds == rounds


def test_one_disturbed_round_decides_nothing() -> None:
    found = settled(-0.5, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05)
    assert found.low > 0
    assert found.rounds < MOST


def test_states_its_noise() -> None:
    rounds = random.Random(1)
    found = settle(lambda: rounds.gauss(0, 0.02), WORTH, most=200)
    assert found.noise == pytest.approx(0.02, rel=0.5)


def test_what_is_equal_is_rarely_found_faster() -> None:
    won = sum(_found(seed, 0.0).low > 0 for seed in range(400))
    assert won < 0.03 * 400


def test_what_is_faster_is_mostly_found() -> None:
    won = sum(_found(seed, 0.02).low > 0 for seed in range(200))
    assert won > 180


def _found(seed: int, gain: float) -> Verdict:
    rounds = random.Random(seed)
    return settle(lambda: rounds.gauss(gain, 0.01), WORTH)
