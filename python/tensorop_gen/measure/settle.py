"""How often to repeat a paired measurement: only as long as the decision hangs on it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.statistics import estimate

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST, MOST = 3, 31  # rounds
DULL = 15  # rounds after which only a candidate that looks better is measured further
CONFIDENCE = 0.99  # of the interval: it is looked at after each round, and 95 % would be reached by luck too often
SURE = 8  # rounds from which on the interval of a median has it
HOPELESS = 0.05  # log-ratio by which every round of a hopeless candidate lies below the incumbent
_MAD = 1.4826  # of a normal distribution's standard deviation to its median absolute deviation


@dataclass(frozen=True, slots=True)
class Verdict:
    """gain: median log-ratio of the rounds with its interval; noise: standard deviation of one round, robust."""

    gain: float
    low: float
    high: float
    noise: float
    rounds: int


def settle(draw: Callable[[], float], worth: float, most: int = MOST) -> Verdict:
    """draw: one more round's log-ratio. Ends after two rounds where both are hopeless, after three where all speak
    against the candidate, else when the interval lies above 0 or below `worth`, after DULL rounds unless the median is
    above `worth`, or after `most` rounds."""
    samples: list[float] = []
    while len(samples) < most:
        samples.append(draw())
        if len(samples) >= 2 and max(samples) < -HOPELESS:
            break
        if len(samples) >= LEAST and max(samples) < 0:
            break
        found = estimate(samples, CONFIDENCE)
        if len(samples) >= SURE and (found.low > 0 or found.high < worth):
            break
        if len(samples) >= DULL and found.value < worth:
            break
    found = estimate(samples, CONFIDENCE)
    spread = _MAD * statistics.median(abs(sample - found.value) for sample in samples)
    return Verdict(found.value, found.low, found.high, spread, len(samples))
