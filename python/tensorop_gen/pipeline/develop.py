"""From factors to a proven candidate with its record: author, build, run, verify, and the search for a faster one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.cache import records
from tensorop_gen.pipeline.authoring import answers_of, challenged, written_again
from tensorop_gen.pipeline.board import measured_there
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.modelled import is_modelled, modelled_budget
from tensorop_gen.pipeline.provenance import record_of
from tensorop_gen.pipeline.steering import after
from tensorop_gen.pipeline.tuning import Tuned, tuned
from tensorop_gen.pipeline.workshop import Workshop, proven
from tensorop_gen.run import lacks_instructions, on_board, open_place

if TYPE_CHECKING:
    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Toolchain
    from tensorop_gen.cache.model import Record
    from tensorop_gen.cache.store import Store
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Options, Reporter, SpeedKind
    from tensorop_gen.request.model import Request


@dataclass(frozen=True, slots=True)
class Product:
    """A candidate with the record that proves it. trials, gain: what a search did; gain 1.1: so much faster.
    kind: by which speeds. answers: of the model that wrote it; llm: what a model cost."""

    candidate: Candidate
    record: Record
    trials: int = 0
    gain: float = 1.0
    kind: SpeedKind = "measured"
    answers: str = ""
    llm: str = ""


def develop(
    request: Request,
    factors: HardwareFactors,
    toolchain: Toolchain,
    store: Store,
    options: Options,
    say: Reporter,
    recorded: bool = True,
) -> Product:
    """What the record of the target describes, or the analytical model's guess; proven again unless the record is of
    exactly this candidate; then, with a budget, the fastest that a search finds. recorded: whether records count.
    Raises NotProvenError."""
    operators.find(request.operator).require(request.shapes)
    kept = records.find(store, factors, request.operator, request.dtype) if recorded else None
    author, candidate, kept = written_again(request, factors, toolchain, store, kept, options.fixed, say)
    proof = kept.verification.kind if kept and kept.candidate == candidate.key else None
    known = proof == "measured" if on_board(options.on) else proof is not None
    say.stage("author", f"{author.name}: {'as recorded' if kept else 'from the analytical model'}")
    if lacks_instructions(factors, options.on):
        if kept is None or not known:
            raise NotProvenError(
                f"this machine lacks the instructions of {factors.name}, and no record proves its kernels"
            )
        return Product(candidate, kept, answers=answers_of(author))
    budget = options.tune
    if is_modelled(factors, options):
        budget = modelled_budget(request, author, candidate, kept, options, say)
    if kept and known and not budget and not options.llm:
        say.stage(
            "verify", f"proven already: {kept.verification.cases} cases, worst r {kept.verification.worst_ratio:.2g}"
        )
        return Product(candidate, kept, answers=answers_of(author))
    with (
        tempfile.TemporaryDirectory(prefix="tensorop-") as folder,
        open_place(factors, options.on, say.note) as runner,
    ):
        shop = Workshop(request, factors, author, replace(toolchain, away=runner.away), runner, Path(folder))
        first, meter = proven(shop, candidate, say), None
        if options.llm:
            shop, first, meter = challenged(shop, first, kept is not None, options.llm, store, say)
        rest = after(options, meter)
        found = tuned(shop, first, store.root, budget, rest, say) if budget else Tuned(first)
        cost = "; ".join(filter(None, (str(meter or ""), found.llm)))
        return replace(_product(shop, found, kept, say), llm=cost)


def _product(shop: Workshop, found: Tuned, kept: Record | None, say: Reporter) -> Product:
    times = measured_there(found.winner, shop.runner, shop.request.shapes, say)
    record = record_of(found.winner, shop.toolchain, shop.request.shapes, found.trials, kept, found.kind)
    record = record.model_copy(update={"measurements": times})
    return Product(found.winner.candidate, record, found.trials, found.gain, found.kind, answers_of(shop.author))
