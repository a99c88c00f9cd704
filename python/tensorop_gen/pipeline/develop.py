"""From factors to a proven candidate with its record: author, build, run, verify, and the search for a faster one."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import tensorop_gen
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache import records
from tensorop_gen.cache.model import Provenance, Record
from tensorop_gen.hardware.probe import is_this_machine, runs
from tensorop_gen.isa import target
from tensorop_gen.measure.shapes import load_classes
from tensorop_gen.operators.gemm.dispatch import path
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.pipeline.board import measured_there
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.tuning import tuned
from tensorop_gen.pipeline.workshop import Proven, Workshop
from tensorop_gen.run import find_runner, on_board
from tensorop_gen.tune.actions import GemmSpace

if TYPE_CHECKING:
    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Toolchain
    from tensorop_gen.cache.store import Store
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Options, Reporter
    from tensorop_gen.request.model import Request, Shape


@dataclass(frozen=True, slots=True)
class Product:
    """A candidate with the record that proves it. trials, gain: what a search did; gain 1.1: so much faster."""

    candidate: Candidate
    record: Record
    trials: int = 0
    gain: float = 1.0


def develop(
    request: Request, factors: HardwareFactors, toolchain: Toolchain, store: Store, options: Options, say: Reporter
) -> Product:
    """What the record of the target describes, or the analytical model's guess; proven again unless the record is of
    exactly this candidate; then, with a budget, the fastest that a search finds. Raises NotProvenError."""
    author = BuiltinAuthor()
    budget, there = options.tune, on_board(options.on)
    kept = records.find(store, factors, request.operator, request.dtype)
    params = GemmParams.from_dict(kept.params) if kept else None
    order = kept.order if kept else ()
    if options.fixed:
        params = GemmSpace(factors, fixed=options.fixed).start(params or defaults(factors))
    candidate = author.write(request, factors, params, order)
    known = kept is not None and kept.candidate == candidate.key and (not there or kept.verification.kind == "measured")
    say.stage("author", f"{author.name}: {'as recorded' if kept else 'from the analytical model'}")
    if not there and factors.arch == native_arch() and not runs(factors):
        if kept is None or not known:
            raise NotProvenError(
                f"this machine lacks the instructions of {factors.name}, and no record proves its kernels"
            )
        return Product(candidate, kept)
    if budget and not there and not is_this_machine(factors):
        say.note(f"this machine is not a {factors.name}: nothing is tuned")
        budget = None
    if kept and known and not budget:
        say.stage(
            "verify", f"proven already: {kept.verification.cases} cases, worst r {kept.verification.worst_ratio:.2g}"
        )
        return Product(candidate, kept)
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        runner = find_runner(factors, options.on)
        shop = Workshop(request, factors, author, replace(toolchain, away=runner.away), runner, Path(folder))
        first = _proven(shop, candidate, say)
        if not budget:
            return _product(shop, first, say)
        found = tuned(shop, first, store.root, budget, options, say)
        return _product(shop, found.winner, say, found.trials, found.gain)


def _proven(shop: Workshop, candidate: Candidate, say: Reporter) -> Proven:
    say.stage("build", f"{' '.join(shop.toolchain.compiler)}, {len(candidate.files)} files")
    proven = shop.prove(candidate)
    found = proven.verification
    say.stage("verify", f"{found.cases} cases passed, worst r {found.worst_ratio:.2g}")
    return proven


def _product(shop: Workshop, proven: Proven, say: Reporter, trials: int = 0, gain: float = 1.0) -> Product:
    times = measured_there(proven, shop.runner, shop.request.shapes, say)
    record = _record(proven, shop.request.shapes).model_copy(update={"measurements": times})
    return Product(proven.candidate, record, trials, gain)


def _record(proven: Proven, asked: tuple[Shape, ...]) -> Record:
    candidate = proven.candidate
    factors = candidate.factors
    roles = target.find(factors.isa).roles
    shapes = dict.fromkeys([*(shape for one in load_classes() for shape in one.shapes), *asked])
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
        dispatch=tuple((str(shape), path(candidate.params, roles, shape)) for shape in shapes),
        provenance=Provenance(
            author=candidate.author,
            generator=tensorop_gen.__version__,
            date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        ),
    )
