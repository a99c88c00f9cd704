"""From factors to a proven candidate with its record: author, build, run, verify, and the search for a faster one."""

from __future__ import annotations

import datetime
import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import tensorop_gen
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache import records
from tensorop_gen.cache.model import Provenance, Record
from tensorop_gen.cache.trials import TrialLog
from tensorop_gen.hardware.probe import is_this_machine, runs
from tensorop_gen.pipeline.authoring import answers_of, challenged, written_again
from tensorop_gen.pipeline.board import measured_there
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.trial import Evaluator
from tensorop_gen.pipeline.workshop import Proven, Workshop
from tensorop_gen.run import BoardError, BoardLost, find_runner, on_board
from tensorop_gen.tune.policy import RandomOrder
from tensorop_gen.tune.search import best, search

if TYPE_CHECKING:
    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Toolchain
    from tensorop_gen.cache.store import Store
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Options, Reporter
    from tensorop_gen.request.model import Request
    from tensorop_gen.tune.model import Budget, Trial


@dataclass(frozen=True, slots=True)
class Product:
    """A candidate with the record that proves it. trials, gain: what a search did; gain 1.1: so much faster.
    answers: of the model that wrote it; llm: what a model cost."""

    candidate: Candidate
    record: Record
    trials: int = 0
    gain: float = 1.0
    answers: str = ""
    llm: str = ""


def develop(
    request: Request, factors: HardwareFactors, toolchain: Toolchain, store: Store, options: Options, say: Reporter
) -> Product:
    """What the record of the target describes, or the analytical model's guess; proven again unless the record is of
    exactly this candidate; then, with a budget, the fastest that a search finds. Raises NotProvenError."""
    budget, there = options.tune, on_board(options.on)
    kept = records.find(store, factors, request.operator, request.dtype)
    answers = records.answers(store, kept) if kept else ""
    author, candidate = written_again(request, factors, toolchain, kept, answers, say)
    answers = answers_of(author)
    known = kept is not None and kept.candidate == candidate.key and (not there or kept.verification.kind == "measured")
    say.stage("author", f"{author.name}: {'as recorded' if kept else 'from the analytical model'}")
    if not there and factors.arch == native_arch() and not runs(factors):
        if kept is None or not known:
            raise NotProvenError(
                f"this machine lacks the instructions of {factors.name}, and no record proves its kernels"
            )
        return Product(candidate, kept, answers=answers)
    if budget and not there and not is_this_machine(factors):
        say.note(f"this machine is not a {factors.name}: nothing is tuned")
        budget = None
    if kept and known and not budget and not options.llm:
        say.stage(
            "verify", f"proven already: {kept.verification.cases} cases, worst r {kept.verification.worst_ratio:.2g}"
        )
        return Product(candidate, kept, answers=answers)
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        runner = find_runner(factors, options.on)
        shop = Workshop(request, factors, author, replace(toolchain, away=runner.away), runner, Path(folder))
        first = _proven(shop, candidate, say)
        cost = ""
        if options.llm:
            shop, first, cost = challenged(shop, first, kept is not None, options.llm, store, say)
        product = _tuned(shop, first, store, budget, say) if budget else _product(shop, first, say)
        return replace(product, llm=cost)


def _tuned(shop: Workshop, first: Proven, store: Store, budget: Budget, say: Reporter) -> Product:
    """Searches from a proven candidate; a search from the same candidate is gone on with, interrupted or not."""
    start = first.candidate.params
    log = TrialLog(store, records.entry_of(_record(first)), first.candidate.key)
    trials: list[Trial] = list(log.read())
    if trials:
        say.stage("tune", f"going on after {len(trials)} earlier trials")
    evaluate = Evaluator(shop, shop.request.shapes, {start: first})
    try:
        for trial in search(start, shop.factors, RandomOrder(len(trials)), evaluate, budget, trials):
            trials.append(trial)
            log.write(trials)
            say.trial(trial, budget)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{len(trials)} trials are kept; the same command goes on from there") from None
    except BoardError as error:
        raise BoardLost(f"{error}\n{len(trials)} trials are kept; the same command goes on from there") from None
    gain = math.exp(sum(trial.outcome.gain for trial in trials if trial.accepted))
    winner = best(start, trials)
    proven = first if winner == start else _proven(shop, shop.author.write(shop.request, shop.factors, winner), say)
    return _product(shop, proven, say, len(trials), gain)


def _proven(shop: Workshop, candidate: Candidate, say: Reporter) -> Proven:
    say.stage("build", f"{' '.join(shop.toolchain.compiler)}, {len(candidate.files)} files")
    proven = shop.prove(candidate)
    found = proven.verification
    say.stage("verify", f"{found.cases} cases passed, worst r {found.worst_ratio:.2g}")
    return proven


def _product(shop: Workshop, proven: Proven, say: Reporter, trials: int = 0, gain: float = 1.0) -> Product:
    times = measured_there(proven, shop.runner, shop.request.shapes, say)
    record = _record(proven).model_copy(update={"measurements": times})
    return Product(proven.candidate, record, trials, gain, answers_of(shop.author))


def _record(proven: Proven) -> Record:
    candidate = proven.candidate
    factors = candidate.factors
    return Record(
        triple=factors.triple,
        cpu=factors.name,
        operator=candidate.operator,
        dtype=candidate.dtype,
        factors=factors.kernel_values(),
        params=candidate.params.to_dict(),
        order=candidate.order,
        candidate=candidate.key,
        verification=proven.verification,
        provenance=Provenance(
            author=candidate.author,
            generator=tensorop_gen.__version__,
            date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        ),
    )
