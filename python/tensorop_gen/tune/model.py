"""What a search is told and what it tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tensorop_gen.author.model import Order


JOINT = "joint"  # the kind of the actions that change several things at once


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the search space: an operator's parameters (Params), the order of instructions in reordered blocks.

    However it was reached it is the same point, since changes commute."""

    params: Any
    order: Order = ()

    @property
    def key(self) -> str:
        """16 hex digits, the same on every machine."""
        text = json.dumps([self.params.to_dict(), self.order], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Action:
    """One step from a point to another. kind: the technique ("tiling", "unroll", "reorder"), or "joint" for several;
    name: what is shown ("kc=320"); axis: what is changed ("kc"); step: how ("+32"), which is comparable from wherever
    it is taken."""

    kind: str
    name: str
    axis: str
    step: str
    point: Point


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a candidate: gain = log(speed / speed of the incumbent) as a median of paired measurements with
    its 99 % interval, or why there is no speed. noise: standard deviation of one round's log-ratio; rounds: so many."""

    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0
    reason: str = ""
    noise: float = 0.0
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate tried. parent: key of the point it was made from; against: key of the incumbent it was held
    against; level: log(speed / speed of the start), as far as it is known."""

    number: int
    action: Action
    parent: str
    against: str
    outcome: Outcome
    accepted: bool
    level: float
    parent_level: float

    @property
    def change(self) -> str:
        return self.action.name

    @property
    def point(self) -> Point:
        return self.action.point

    @property
    def params(self) -> Any:
        return self.action.point.params

    @property
    def effect(self) -> float:
        """Log-ratio to the point that it was made from; for a failure -1, as if it were e times slower."""
        return -1.0 if self.outcome.reason else self.level - self.parent_level


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
        if not number.isdigit() or unit not in ("", "s", "seconds", "t", "trials"):
            raise ValueError(f"a tuning budget is off, seconds (60s) or trials (40t), not {text!r}")
        if int(number) == 0:
            raise ValueError(f"a budget of {text} leaves no time for a trial: give 60s or 40t, or off for no tuning")
        return cls(trials=int(number)) if unit.startswith("t") else cls(seconds=float(number))


class Policy(Protocol):
    """The two decisions of a search step (section 3.3 of the paper)."""

    @property
    def name(self) -> str: ...

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:
        """Path history: which kind of action to take. path: the trials made from the points on the path to the one that
        is expanded, in the order they were made."""

    def action(self, actions: Sequence[Action], here: Point, trials: Sequence[Trial]) -> Action:
        """Global history: which of the actions of that kind, given all trials of the search."""


# Every action that may be taken from a point.
Space = Callable[[Point], Sequence[Action]]


@runtime_checkable
class Parametric(Protocol):
    """A space that can leave out moved instructions, for which it has to write the kernels."""

    def parameters(self, here: Point) -> Sequence[Action]:
        """Its actions that change a parameter."""


@runtime_checkable
class Joining(Protocol):
    """A policy that knows enough of single changes to combine them: it is offered the kind JOINT beside the space's."""

    def joint(self, here: Point, space: Space, trials: Sequence[Trial]) -> Action | None:
        """Several changes at once, given all trials of the search; None where it knows of none."""


# Builds, proves and measures a candidate against the incumbent.
Evaluate = Callable[[Point, Point], Outcome]
