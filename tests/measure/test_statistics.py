from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorop_gen.measure.statistics import CONFIDENCE, estimate, geometric_mean, ratios


@pytest.mark.parametrize(
    ("count", "low", "high", "coverage"),
    [
        (1, 1, 1, 0.0),
        (5, 1, 5, 0.9375),  # too few for 95 %: all of them, and it says what they cover
        (6, 1, 6, 0.96875),
        (7, 1, 7, 0.984375),
        (9, 2, 8, 0.9609375),
        (20, 6, 15, 0.9586105),  # the table of Conover, Practical Nonparametric Statistics
    ],
)
def test_interval_of_known_samples(count: int, low: float, high: float, coverage: float) -> None:
    found = estimate([float(i) for i in range(count, 0, -1)])
    assert (found.low, found.high) == (low, high)
    assert found.value == (count + 1) / 2
    assert found.coverage == pytest.approx(coverage, abs=1e-6)


@given(st.lists(st.floats(0.1, 10), min_size=6, max_size=60))
def test_interval_holds_the_median_and_covers_enough(samples: list[float]) -> None:
    found = estimate(samples)
    assert min(samples) <= found.low <= found.value <= found.high <= max(samples)
    assert found.coverage >= CONFIDENCE


def test_no_samples() -> None:
    with pytest.raises(ValueError, match="no samples"):
        estimate([])


def test_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    assert geometric_mean([4.0, 0.25]) == pytest.approx(1.0)
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)


def test_ratios_are_paired() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


def test_clock_drift_cancels_in_paired_ratios() -> None:
    drift = [1 + 0.2 * math.sin(i) for i in range(9)]
    found = estimate(ratios([3.0 * d for d in drift], [2.0 * d for d in drift]))
    assert [found.low, found.high] == pytest.approx([1.5, 1.5])
