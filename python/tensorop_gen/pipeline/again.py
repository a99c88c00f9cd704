"""Proving again: what a record, an output folder or the author of today says of a target."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import BuildFailed, build, find_toolchain
from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.emit.model import Part
from tensorop_gen.pipeline.board import target_on
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.report.record import read_record
from tensorop_gen.request.model import Request, RequestError
from tensorop_gen.request.parse import parse
from tensorop_gen.run import call_at, lacks_instructions, open_place
from tensorop_gen.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Built
    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.run import Runner
    from tensorop_gen.verify import Level, Verification


def verify_again(
    what: str,
    level: Level,
    seed: int,
    case: str | None,
    cache: Path | None,
    on: str,
    note: Callable[[str], None],
    params: str | None = None,
) -> Verification:
    """what: an output folder, or a sentence. on: as in Options. params: changes of the analytical defaults, as in
    Params.read, instead of a record's. Raises NotProvenError where it cannot be run here, RequestError."""
    folder = Path(what)
    record: Record | None = None
    if (folder / "record").is_dir():
        factors, record = read_record(folder)
        request = Request(what, record.operator, record.dtype)
    elif os.sep in what and " " not in what:
        raise RequestError(f"{what} holds no record/: it is no folder that tensorop-gen made")
    else:
        request = parse(what)
        factors = target_on(request.target, on, note)
        record = records.find(Store(cache, note), factors, request.operator, request.dtype)
    if lacks_instructions(factors, on):
        raise NotProvenError(f"this machine lacks the instructions of {factors.name}")
    candidate = _candidate(request, factors, record, params)
    candidate = _as_emitted(candidate, folder / "src" / Part(candidate, "").folder)
    toolchain = find_toolchain(factors.triple)
    toolchain.require(factors.isa)
    with tempfile.TemporaryDirectory(prefix="tensorop-") as temporary, open_place(factors, on, note) as runner:
        try:
            built = build(candidate, replace(toolchain, away=runner.away), Path(temporary))
        except BuildFailed as failed:
            raise NotProvenError(f"{factors.name} does not compile: {failed}") from None
        return call_at(runner, _verified, built, level, seed, case)


def _verified(runner: Runner, built: Built, level: Level, seed: int, case: str | None) -> Verification:
    return verify(built, runner, level, seed, case)


def _as_emitted(candidate: Candidate, sources: Path) -> Candidate:
    """What was generated is proven, not what an author of today would write."""
    if not sources.is_dir():
        return candidate
    try:
        return replace(candidate, files={name: (sources / name).read_text() for name in candidate.files})
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{sources} cannot be read: make the folder again\n{error}") from None


def _candidate(request: Request, factors: HardwareFactors, record: Record | None, text: str | None) -> Candidate:
    """What the author writes for the parameters given, else for those of the record, else for the defaults."""
    author, operator = BuiltinAuthor(), operators.find(request.operator)
    try:
        if text is not None:
            return author.write(request, factors, operator.changed(text, factors))
        params = operator.params.from_dict(record.params) if record else None
        return author.write(request, factors, params, record.order if record else ())
    except (ValueError, TypeError, KeyError) as error:
        whence = f"--params {text}" if text is not None else f"the record of {factors.name}"
        raise RequestError(f"{whence}: {error}") from None
