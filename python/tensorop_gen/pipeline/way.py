"""request -> hardware -> author -> build -> run -> verify -> measure -> tune -> cache -> emit -> report."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.flags import architectures
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.emit.library import LIBRARY
from tensorop_gen.emit.model import EmitError, Part
from tensorop_gen.emit.output import emit, must_be_ours, withdraw, write_out
from tensorop_gen.emit.project import project
from tensorop_gen.hardware.probe import is_this_machine, resolve_target
from tensorop_gen.pipeline.board import target_on
from tensorop_gen.pipeline.develop import Product, develop
from tensorop_gen.pipeline.manual import described
from tensorop_gen.pipeline.model import Outcome
from tensorop_gen.pipeline.provenance import is_analytical
from tensorop_gen.pipeline.speed import SlowError, measured
from tensorop_gen.report.record import record_files
from tensorop_gen.request.model import Request
from tensorop_gen.request.parse import require_cpu
from tensorop_gen.run import check_on, on_board

if TYPE_CHECKING:
    from tensorop_gen.build import Toolchain
    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.measure.candidate import Measurement
    from tensorop_gen.pipeline.model import Options, Reporter

TIMED = "gemm"  # by bench/worker.c
PORTABLE = "generic"  # the instruction set of targets that have no kernels of their own


def generate(request: Request, options: Options, say: Reporter) -> Outcome:
    """From a request to the output folder. Raises the errors of its stages; KeyboardInterrupt says what is kept."""
    require_cpu(request)
    factors = target_on(request.target, options.on, say.note, described(request.target, options, say))
    check_on(factors, options.on)  # though nothing may have to run
    say.stage("hardware", f"{factors.name}: {factors.title}, {factors.isa}, {factors.cores} cores")
    out = options.out or Path(f"tensorop-{factors.name}")
    must_be_ours(out, options.emit)
    toolchain = find_toolchain(factors.triple)
    toolchain.require(factors.isa)
    store = Store(options.cache, say.note)
    output = _Output(request, factors, toolchain, store, replace(options, out=out), say)
    product = None if factors.isa == PORTABLE else develop(request, factors, toolchain, store, options, say)
    try:
        record = output.take(product)
    except SlowError as slow:
        if product is None or is_analytical(product.candidate):
            raise
        say.note(f"{slow}\nthe parameters of the analytical model are taken instead")
        once = replace(options, tune=None, llm=None)
        product = develop(request, factors, toolchain, store, once, say, recorded=False)
        record = output.take(product)
    if product is None:
        return Outcome(factors, None, out=out)
    return Outcome(factors, record, product.trials, product.gain, product.kind, out, product.llm)


@dataclass(frozen=True, slots=True)
class _Output:
    """Where a product goes: options.out, and the cache."""

    request: Request
    factors: HardwareFactors
    toolchain: Toolchain
    store: Store
    options: Options
    say: Reporter

    def take(self, product: Product | None) -> Record | None:
        """Writes what was asked for and keeps the record, with the library's speed if that was measured.

        Raises SlowError for a library that is taken back."""
        out, kind = self.options.out or Path(), self.options.emit
        record, answers = (product.record, product.answers) if product else (None, "")
        if record:
            records.save(self.store, record, answers)  # before anything else can fail or be interrupted
        files = project([Part(product.candidate, product.record.proof)] if product else [], self.factors.triple)
        self.say.stage("emit", f"{kind} in {out}")
        emit(files, out, kind, self.toolchain)
        if record and kind == "library" and is_this_machine(self.factors) and not on_board(self.options.on):
            record = record.model_copy(update={"measurements": _measured(out, self.request, self.say)})
            records.save(self.store, record, answers)
        if record:
            write_out(record_files(self.factors, record), out / "record")
        return record


def _measured(out: Path, request: Request, say: Reporter) -> tuple[Measurement, ...]:
    if request.operator != TIMED:
        say.note(f"the library is not measured: what times libraries calls {records.blas_name(TIMED, 'f32')} only")
        return ()
    try:
        return measured(out / LIBRARY, request.shapes, say)
    except SlowError:
        withdraw(out)
        raise


def tune_only(request: Request, options: Options, say: Reporter, ship: bool = False) -> Outcome:
    """The same without an output folder: the record is kept in the cache. ship: among the project's own as well,
    without times that a busy machine blurred."""
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        outcome = generate(request, replace(options, out=Path(folder), emit="library"), say)
    if ship and outcome.record:
        sharp = tuple(row for row in outcome.record.measurements if row.sharp)
        for row in outcome.record.measurements:
            if not row.sharp:
                say.note(f"not shipped: {row.shape} on {row.threads} threads, whose times spread too far")
        record = outcome.record.model_copy(update={"measurements": sharp})
        say.note(f"record written to {records.ship(record)}")
    return replace(outcome, out=None)


def sources(
    request: Request | None,
    names: tuple[str, ...],
    options: Options,
    say: Reporter,
    names_only: bool = False,
    triple: str = "",
) -> dict[str, str]:
    """The files of a project for the request's target, else the named ones, else all that have a shipped record for the
    triple (this machine's if it is empty). names_only: what is in the files need not be proven, only the files' names
    count."""
    triple = triple or f"{native_arch()}-linux-gnu"
    if triple.split("-")[0] not in architectures():
        raise EmitError(
            f"there is no library for {triple}, only for {', '.join(architectures())}; with a cross compiler for one "
            "of them configure with -DCMAKE_TOOLCHAIN_FILE=toolchains/<file>"
        )
    wanted = (request,) if request else _all(names, triple)
    resolved = [(one, resolve_target(one.target)) for one in wanted]
    targets = {(factors.name, one.operator): (one, factors) for one, factors in resolved}
    triple = next((factors.triple for _, factors in targets.values()), triple)
    for one, _ in targets.values():
        require_cpu(one)
    chosen = [(one, factors) for one, factors in targets.values() if factors.isa != PORTABLE]
    chosen = [pair for pair in chosen if request or _has_kernels(*pair)]
    if names_only:
        return project([Part(BuiltinAuthor().write(one, factors), "") for one, factors in chosen], triple)
    return project([_proven(one, factors, options, say) for one, factors in chosen], triple)


def _all(names: tuple[str, ...], triple: str) -> list[Request]:
    """Every operator for the named targets, or for those that it has a shipped record for."""
    return [
        Request("", operator, target=name)
        for operator in operators.names()
        for name in names or records.shipped_cpus(triple, operator)
    ]


def _has_kernels(request: Request, factors: HardwareFactors) -> bool:
    """Where an operator has none, the library has its portable C."""
    operator = operators.find(request.operator)
    return not operator.problems(operator.defaults(factors), factors)


def _proven(request: Request, factors: HardwareFactors, options: Options, say: Reporter) -> Part:
    """Tunes only where there is no record: a build step is run again and again."""
    toolchain = find_toolchain(factors.triple)
    toolchain.require(factors.isa)
    store = Store(options.cache, say.note)
    known = records.find(store, factors, request.operator, request.dtype)
    once = replace(options, tune=None if known else options.tune)
    product = develop(request, factors, toolchain, store, once, say)
    records.save(store, product.record, product.answers)
    return Part(product.candidate, product.record.proof)
