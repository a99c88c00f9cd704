"""A first policy: changes in random order, those of a group that has paid more often first."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tensorop_gen.operators.gemm.space import Move
from tensorop_gen.tune.model import Trial


class RandomOrder:
    """Never tries the same parameters twice. The same seed and outcomes give the same choices."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def choose(self, moves: Sequence[Move], history: Sequence[Trial]) -> Move | None:
        tried = {trial.params for trial in history}
        fresh = [move for move in moves if move.params not in tried]
        if not fresh:
            return None
        # Every parameter starts with weight 1 and gains one with each accepted change of it.
        paid = [trial.change.split("=")[0] for trial in history if trial.accepted]
        weights = [1 + paid.count(move.name.split("=")[0]) for move in fresh]
        return self._random.choices(fresh, weights)[0]
