"""What a search is told and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tensorop_gen.operators.gemm.params import GemmParams
from tensorop_gen.operators.gemm.space import Move


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a candidate: gain = log(speed / speed of the incumbent) as a median of paired measurements with
    its 95 % interval, or why there is no speed."""

    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One step of a search: the change that was tried on the incumbent and its outcome."""

    number: int
    change: str
    params: GemmParams
    outcome: Outcome
    accepted: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop: after so many trials or seconds, whichever is set and comes first."""

    trials: int | None = None
    seconds: float | None = None

    @classmethod
    def parse(cls, text: str) -> Budget | None:
        """ "60s" or "60" seconds, "40t" or "40 trials" trials, "off" none at all (None). Raises ValueError."""
        word = text.strip().lower()
        if word == "off":
            return None
        number = word.rstrip("abcdefghijklmnopqrstuvwxyz ")
        unit = word[len(number) :].strip()
        if not number.isdigit() or int(number) == 0 or unit not in ("", "s", "seconds", "t", "trials"):
            raise ValueError(f"a tuning budget is off, seconds (60s) or trials (40t), not {text!r}")
        return cls(trials=int(number)) if unit.startswith("t") else cls(seconds=float(number))


class Policy(Protocol):
    """Chooses what to try next."""

    def choose(self, moves: Sequence[Move], history: Sequence[Trial]) -> Move | None:
        """One of the incumbent's moves, or None when nothing is left to try."""


# Builds, proves and measures `params` against the incumbent on the shapes of a group.
Evaluate = Callable[[GemmParams, GemmParams, str], Outcome]
