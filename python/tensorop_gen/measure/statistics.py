"""Medians with order-statistic intervals: exact for any distribution, and honest with few rounds."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CONFIDENCE = 0.95
METHOD = "order statistics of the rounds (sign test); with fewer than 6 rounds the interval is all of them"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median and the interval that holds the true one with the probability `coverage` (about 95 % or more)."""

    value: float
    low: float
    high: float
    coverage: float


def estimate(samples: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """The narrowest symmetric pair of order statistics that covers the median with it, else the extremes."""
    if not samples:
        raise ValueError("no samples to estimate from")
    ordered = sorted(samples)
    count = len(ordered)
    cut = max((c for c in range((count + 1) // 2) if _coverage(count, c) >= confidence), default=0)
    return Estimate(statistics.median(ordered), ordered[cut], ordered[-1 - cut], _coverage(count, cut))


def geometric_mean(values: Iterable[float]) -> float:
    return statistics.geometric_mean(values)


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Paired by position; both must come from the same rounds."""
    return [a / b for a, b in zip(above, below, strict=True)]


def _coverage(count: int, cut: int) -> float:
    """The probability that the median lies between the order statistics `cut` and `count - 1 - cut`."""
    tail: int = sum(math.comb(count, i) for i in range(cut + 1))
    return 1 - tail / float(2 ** (count - 1))
