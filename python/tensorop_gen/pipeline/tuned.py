"""A search from a proven candidate, and what is made sure of before its winner counts: that it is proven in full, and
faster than the start when both are measured once more."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tensorop_gen.cache import records
from tensorop_gen.cache.trials import TrialLog
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.operators.gemm import space
from tensorop_gen.operators.gemm.params import GemmParams
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.provenance import record_of
from tensorop_gen.pipeline.trial import Evaluator, race
from tensorop_gen.pipeline.workshop import proven
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.run import BoardError, BoardLost
from tensorop_gen.tune.model import Outcome
from tensorop_gen.tune.policy import RandomOrder
from tensorop_gen.tune.search import best, search
from tensorop_gen.verify import CandidateFailed

if TYPE_CHECKING:
    from tensorop_gen.cache.model import Record
    from tensorop_gen.cache.store import Store
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.pipeline.workshop import Proven, Workshop
    from tensorop_gen.request.model import Shape
    from tensorop_gen.tune.model import Budget, Trial

FINAL = 9  # rounds of the winner against the start


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search ended with. gain 1.1: so much faster than the start."""

    proven: Proven
    trials: int = 0
    gain: float = 1.0


def tuned(shop: Workshop, first: Proven, store: Store, budget: Budget, say: Reporter) -> Tuned:
    """Searches from a proven candidate; a search from the same candidate is gone on with, interrupted or not."""
    log = TrialLog(store, records.entry_of(record_of(first, shop.toolchain)), first.candidate.key)
    trials = list(log.read())
    if trials:
        say.stage("tune", f"going on after {len(trials)} earlier trials")
    start = first.candidate.params
    _search(shop, first, log, trials, budget, say)
    while (winner := best(start, trials)) != start:
        outcome, made_sure = _made_sure(shop, first, winner, trials, say)
        if made_sure:
            return Tuned(made_sure, len(trials), math.exp(outcome.gain))
        say.note(f"the fastest does not count: {outcome.reason}")
        trials = [_turned_down(trial, winner, outcome) for trial in trials]
        log.write(trials)
    return Tuned(first, len(trials))


def turn_down(store: Store, record: Record, start: str, reason: str) -> None:
    """Keeps a search that began with the candidate `start` from choosing what the record describes again."""
    log = TrialLog(store, records.entry_of(record), start)
    params = GemmParams.from_dict(record.params)
    log.write([_turned_down(trial, params, Outcome(reason=reason)) for trial in log.read()])


def _search(shop: Workshop, first: Proven, log: TrialLog, trials: list[Trial], budget: Budget, say: Reporter) -> None:
    """Adds to the trials, and keeps each as it ends."""
    start = first.candidate.params
    evaluate = Evaluator(shop, shop.request.shapes, {start: first})
    try:
        for trial in search(start, shop.factors, RandomOrder(len(trials)), evaluate, budget, tuple(trials)):
            trials.append(trial)
            log.write(trials)
            say.trial(trial, budget)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{len(trials)} trials are kept; the same command goes on from there") from None
    except BoardError as error:
        raise BoardLost(f"{error}\n{len(trials)} trials are kept; the same command goes on from there") from None


def _made_sure(
    shop: Workshop, first: Proven, winner: GemmParams, trials: list[Trial], say: Reporter
) -> tuple[Outcome, Proven | None]:
    """The winner proven in full, and what it gains over the start in a race of their own; or why it does not count."""
    try:
        found = proven(shop, shop.author.write(shop.request, shop.factors, winner), say)
        shapes = shop.request.shapes or _judged_on(first.candidate.params, trials, shop)
        outcome = race(shop, first, found, shapes, FINAL)
    except (NotProvenError, CandidateFailed, MeasureError) as error:
        return Outcome(reason=str(error)), None
    if outcome.low <= 0:
        return replace(outcome, reason="measured once more, it is not surely faster than what it began with"), None
    return outcome, found


def _judged_on(start: GemmParams, trials: list[Trial], shop: Workshop) -> tuple[Shape, ...]:
    """The shapes of all groups in which a change was accepted."""
    before, groups = start, dict[str, None]()
    for trial in trials:
        if trial.accepted:
            moves = space.moves(before, shop.factors)
            groups |= {move.group: None for move in moves if move.params == trial.params}
            before = trial.params
    return tuple(shape for group in groups for text in space.shapes(group) for shape in parse_shapes(text))


def _turned_down(trial: Trial, params: GemmParams, outcome: Outcome) -> Trial:
    """The trial, no longer accepted if it is of these parameters."""
    return replace(trial, accepted=False, outcome=outcome) if trial.params == params else trial
