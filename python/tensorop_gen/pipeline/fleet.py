"""A search on many boards at once: each candidate is proven, and held against the incumbent, on the board it gets."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen.build import BuildFailed
from tensorop_gen.measure.settle import MOST
from tensorop_gen.pipeline.trial import FAILURES, held
from tensorop_gen.pipeline.workshop import Proven, proof
from tensorop_gen.run import BoardLost, FleetLost
from tensorop_gen.tune.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from distributed import Future

    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Built
    from tensorop_gen.measure.rounds import Rates
    from tensorop_gen.pipeline.trial import Evaluator
    from tensorop_gen.request.model import Shape
    from tensorop_gen.run import Fleet, Runner
    from tensorop_gen.tune.model import Budget, Trial
    from tensorop_gen.tune.search import Proposal, Search
    from tensorop_gen.verify import Verification

    Tried = tuple[Verification, Outcome | None]


def tried(
    runner: Runner, before: Built, after: Built, calls_only: bool, groups: Sequence[tuple[Shape, ...]], rates: Rates
) -> Tried:
    """On a worker: a changed candidate's proof, and if it passed, what came of holding it against the incumbent."""
    verification = proof(runner, after, "smoke", calls_only)
    return verification, held(runner, before, after, groups, rates, MOST) if verification.passed else None


@dataclass(frozen=True, slots=True)
class Flight:
    """A proposal that is being tried on some board."""

    proposal: Proposal
    candidate: Candidate
    built: Built


@dataclass
class Spread:
    """fleet: the runner of the evaluator's workshop."""

    search: Search
    evaluator: Evaluator
    fleet: Fleet
    flying: dict[Future[Tried], Flight] = field(default_factory=dict)

    def run(
        self, earlier: Iterable[Trial], budget: Budget, clock: Callable[[], float] = time.monotonic
    ) -> Iterator[Trial]:
        """Yields each trial as it ends; at once those of an earlier run, as far as the budget goes. What is proposed
        hangs on which trials end first, so that two runs need not be alike. Raises FleetLost, BoardError."""
        end = clock() + budget.seconds if budget.seconds is not None else None
        for trial in earlier:
            within = budget.trials is None or len(self.search.trials) < budget.trials
            if within and (adopted := self.search.adopt(trial)):
                yield adopted
        try:
            while True:
                if end is None or clock() < end:
                    yield from self._start(budget.trials)
                if not self.flying:
                    return
                yield from self._end()
        finally:
            for future in self.flying:
                future.cancel()

    def _start(self, most: int | None) -> Iterator[Trial]:
        """A trial for every board; yields those that end before they reach one. most: trials of the whole search."""
        search = self.search
        while len(self.flying) < self.fleet.look() and (
            most is None or len(search.trials) + len(self.flying) < most
        ):  # fmt: skip
            proposal = search.propose()
            if proposal is None:
                return
            known = search.recorded.get((proposal.point.key, proposal.against.key))
            try:
                if known is None:
                    self._launch(proposal)
                    continue
            except (*FAILURES, BuildFailed) as error:
                known = Outcome(reason=str(error))
            yield search.finish(proposal, known)

    def _launch(self, proposal: Proposal) -> None:
        evaluator, shop = self.evaluator, self.evaluator.workshop
        before = evaluator.prove(proposal.against)
        candidate = evaluator.write(proposal.point)
        built = shop.make(candidate)
        groups = evaluator.space.judged(proposal.point, proposal.against)
        future = self.fleet.send(tried, before.built, built, shop.knows(candidate), groups, evaluator.rates)
        self.flying[future] = Flight(proposal, candidate, built)

    def _end(self) -> Iterator[Trial]:
        """The next trial that ends, or nothing where its board was lost: then it may be proposed again."""
        future = self.fleet.first(self.flying)
        flight = self.flying.pop(future)
        try:
            outcome = self._judged(flight, *self.fleet.result(future))
        except FleetLost:
            raise
        except FAILURES as error:
            outcome = Outcome(reason=str(error))
        except BoardLost as lost:
            self.fleet.tell(str(lost))
            self.search.withdraw(flight.proposal)
            return
        yield self.search.finish(flight.proposal, outcome)

    def _judged(self, flight: Flight, verification: Verification, outcome: Outcome | None) -> Outcome:
        found = self.evaluator.workshop.judged(flight.candidate, flight.built, verification)
        if not isinstance(found, Proven) or outcome is None:
            return Outcome(reason=f"{flight.candidate.factors.name}: {found}")
        self.evaluator.proven[flight.proposal.point] = found
        return outcome
