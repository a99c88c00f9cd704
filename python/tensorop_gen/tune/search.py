"""The search: measure what the tree proposes against the incumbent, and keep what is surely faster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tensorop_gen.tune.model import Budget, Evaluate, Outcome, Point, Policy, Space, Trial
from tensorop_gen.tune.tree import Leaf, Tree

WORTH = 0.003  # log-ratio below which a gain is not worth a change

# Outcomes of an earlier run by keys of candidate and incumbent: they are not measured again.
Recorded = Mapping[tuple[str, str], Outcome]


@dataclass
class Search:
    """One search; iterate over `run`. The same start, policy (with its seed), recorded outcomes and number of trials
    give the same decisions, so that a search is resumed by running it again with what it has recorded."""

    start: Point
    space: Space
    policy: Policy
    evaluate: Evaluate
    recorded: Recorded = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    incumbent: Point = field(init=False)
    level: float = 0.0  # of the incumbent

    def __post_init__(self) -> None:
        self.incumbent = self.start
        self._tree = Tree(self.start, self.space, self.policy)

    def run(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> Iterator[Trial]:
        """Yields each trial as it ends. Wall-clock time is never asked: it may jump."""
        end = clock() + budget.seconds if budget.seconds is not None else None
        while (budget.trials is None or len(self.trials) < budget.trials) and (end is None or clock() < end):
            leaf = self._tree.select(self.trials)
            if leaf is None:
                return
            yield self._try(leaf)

    def _try(self, leaf: Leaf) -> Trial:
        point, against = leaf.action.point, self.incumbent
        known = self.recorded.get((point.key, against.key))
        outcome = known or self.evaluate(point, against)
        accepted = worth(outcome)
        level = self.level + outcome.gain
        parent = leaf.path[-1]
        trial = Trial(
            len(self.trials) + 1, leaf.action, parent.point.key, against.key, outcome, accepted, level, parent.level
        )
        self.trials.append(trial)
        if outcome.reason:
            self._tree.fail(leaf, trial)
            return trial
        self._tree.expand(leaf, trial)
        if accepted:
            self.incumbent, self.level = point, level
        return trial


def worth(outcome: Outcome) -> bool:
    """The whole interval of its gain lies above zero and its median above WORTH."""
    return not outcome.reason and outcome.low > 0 and outcome.gain > WORTH


def best(start: Point, trials: Sequence[Trial]) -> Point:
    """The incumbent after these trials."""
    return next((trial.point for trial in reversed(trials) if trial.accepted), start)
