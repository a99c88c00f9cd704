"""The search: change the incumbent, measure against it, keep what is surely faster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from tensorop_gen.operators.gemm.params import Factors, GemmParams
from tensorop_gen.operators.gemm.space import moves
from tensorop_gen.tune.model import Budget, Evaluate, Policy, Trial

WORTH = 0.003  # log-ratio below which a gain is not worth a change


def search(
    start: GemmParams,
    factors: Factors,
    policy: Policy,
    evaluate: Evaluate,
    budget: Budget,
    history: Sequence[Trial] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Trial]:
    """Yields each trial as it ends, so that the caller can show and keep it; `history` resumes an earlier search.

    A change is accepted when the whole interval of its gain lies above zero and its median above WORTH."""
    done = list(history)
    incumbent = best(start, done)
    end = clock() + budget.seconds if budget.seconds is not None else None
    while (budget.trials is None or len(done) < budget.trials) and (end is None or clock() < end):
        move = policy.choose(moves(incumbent, factors), done)
        if move is None:
            return
        outcome = evaluate(move.params, incumbent, move.group)
        accepted = not outcome.reason and outcome.low > 0 and outcome.gain > WORTH
        trial = Trial(len(done) + 1, move.name, move.params, outcome, accepted)
        done.append(trial)
        if accepted:
            incumbent = move.params
        yield trial


def best(start: GemmParams, history: Sequence[Trial]) -> GemmParams:
    """The incumbent after these trials."""
    return next((trial.params for trial in reversed(history) if trial.accepted), start)
