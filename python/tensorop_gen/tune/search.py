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


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate to be measured against the incumbent of the moment, whose level it is told with."""

    leaf: Leaf
    against: Point
    level: float

    @property
    def point(self) -> Point:
        return self.leaf.action.point


@dataclass
class Search:
    """One search; iterate over `run`, or propose and finish several candidates at once.

    The same start, policy (with its seed), recorded outcomes and number of trials give the same decisions, so that a
    search is resumed by running it again with what it has recorded."""

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
            proposal = self.propose()
            if proposal is None:
                return
            known = self.recorded.get((proposal.point.key, proposal.against.key))
            yield self.finish(proposal, known or self.evaluate(proposal.point, proposal.against))

    def propose(self) -> Proposal | None:
        """What to try next, which nobody is trying; None if nothing is left."""
        leaf = self._tree.select(self.trials)
        return Proposal(leaf, self.incumbent, self.level) if leaf else None

    def finish(self, proposal: Proposal, outcome: Outcome) -> Trial:
        """Accepts what is surely faster than the incumbent, which may have changed since it was proposed."""
        leaf, ahead = proposal.leaf, proposal.level - self.level
        level = proposal.level + outcome.gain
        accepted = worth(outcome, ahead)
        number, parent = len(self.trials) + 1, leaf.path[-1]
        trial = Trial(
            number, leaf.action, parent.point.key, proposal.against.key, outcome, accepted, level, parent.level
        )
        self.trials.append(trial)
        if outcome.reason:
            self._tree.fail(leaf, trial)
        else:
            self._tree.expand(leaf, trial)
        if accepted:
            self.incumbent, self.level = proposal.point, level
        return trial

    def withdraw(self, proposal: Proposal) -> None:
        """Nothing came of it, through no fault of the candidate: it may be proposed again."""
        self._tree.forget(proposal.leaf)


def worth(outcome: Outcome, ahead: float = 0.0) -> bool:
    """The whole interval of its gain lies above zero and its median above WORTH. ahead: of whom it was held against,
    over whom it is to replace."""
    return not outcome.reason and ahead + outcome.low > 0 and ahead + outcome.gain > WORTH


def best(start: Point, trials: Sequence[Trial]) -> Point:
    """The incumbent after these trials."""
    return next((trial.point for trial in reversed(trials) if trial.accepted), start)
