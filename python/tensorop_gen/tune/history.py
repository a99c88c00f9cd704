"""The default policy: what has paid on the path decides the kind of action, what is known of all values the value."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tensorop_gen.tune.effects import Draw, Effects
from tensorop_gen.tune.joint import joint
from tensorop_gen.tune.model import JOINT, Action, Point, Space, Trial

HOPE = 0.02  # log-ratio that a kind is believed to bring before anything is known of it


class HistoryPolicy:
    """The same seed and trials give the same choices."""

    name = "history"

    def __init__(self, seed: int = 0, start: Point | None = None) -> None:
        """start: of the search, which by itself expands it first."""
        self._random = random.Random(seed)
        self._effects = Effects()
        self._start = start

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:
        """In proportion to what each kind gained on this path, each beginning with one hopeful trial; of joint changes
        as much is hoped as of all other kinds, which they combine."""
        weights = []
        for kind in kinds:
            gains = [max(trial.effect, 0.0) for trial in path if trial.action.kind == kind]
            hope = HOPE * max(len(kinds) - 1, 1) if kind == JOINT else HOPE
            weights.append((hope + sum(gains)) / (1 + len(gains)))
        return self._random.choices(kinds, weights)[0]

    def action(self, actions: Sequence[Action], here: Point, trials: Sequence[Trial]) -> Action:
        """Thompson sampling: the best of one draw from what is believed of each action."""
        self._learn(here, trials)
        drawn = []
        for action in actions:
            mean, deviation = self._effects.believed(action, here)
            drawn.append(self._random.gauss(mean, deviation))
        return actions[max(range(len(actions)), key=drawn.__getitem__)]

    def joint(self, here: Point, space: Space, trials: Sequence[Trial]) -> Action | None:
        """Thompson sampling of all values at once."""
        self._learn(here, trials)
        return joint(here, space, Draw(self._effects, self._random))

    def _learn(self, here: Point, trials: Sequence[Trial]) -> None:
        self._start = self._start or here
        self._effects.learn(trials, self._start)
