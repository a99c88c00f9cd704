"""Policies that learn nothing, to hold others against; and choosing a policy by its name."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import Action, Point, Policy, Trial


class RandomPolicy:
    """Any kind, then any action of it. The same seed gives the same choices."""

    name = "random"

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:  # noqa: ARG002  # part of the protocol
        return self._random.choice(kinds)

    def action(self, actions: Sequence[Action], here: Point, trials: Sequence[Trial]) -> Action:  # noqa: ARG002
        return self._random.choice(actions)


class FixedPolicy:
    """Kinds in turn, actions in the order of the space."""

    name = "fixed"

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:
        """The one tried least often on this path."""
        tried = [trial.action.kind for trial in path]
        return min(kinds, key=tried.count)

    def action(self, actions: Sequence[Action], here: Point, trials: Sequence[Trial]) -> Action:  # noqa: ARG002
        return actions[0]


NAMES = ("history", "fixed", "random")


def make_policy(name: str, seed: int = 0) -> Policy:
    """Raises ValueError for a name that is none."""
    if name == "history":
        return HistoryPolicy(seed)
    if name == "fixed":
        return FixedPolicy()
    if name == "random":
        return RandomPolicy(seed)
    raise ValueError(f"no tuning policy is called {name}: it is one of {', '.join(NAMES)}")
