"""What a report is made of: an output folder, the search that found its candidate, a comparison, a model's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.candidate import ordered
from tensorop_gen.cache.history import NAME, History
from tensorop_gen.cache.model import Record
from tensorop_gen.cache.store import default_root
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.measure.cost.report import Report, report
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.model import Comparison
from tensorop_gen.operators.gemm import OPERATOR as GEMM
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.report.record import read_record
from tensorop_gen.report.searches import search_of
from tensorop_gen.request.model import Request, RequestError
from tensorop_gen.request.shapes import parse_shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tensorop_gen.cache.history_row import Row

MODELLED = parse_shapes("32^3,64^3,128^3,256^3,512^3,1024^3,2048^3")


@dataclass(frozen=True, slots=True)
class Material:
    """folder: as it was given. trials: of the search that found the candidate, else of one that began with it, in their
    order. searches: how many the history has for this target. modelled: what the cost model says of the candidate, or
    why it says nothing."""

    folder: str
    factors: HardwareFactors
    record: Record
    trials: tuple[Row, ...] = ()
    searches: int = 0
    comparison: Comparison | None = None
    modelled: Report | str = ""

    @property
    def compared_here(self) -> bool:
        """Whether the comparison was made on the CPU that the folder is for, as far as their caches tell."""
        if self.comparison is None:
            return False
        seen = {(c.level, c.kind, c.bytes, c.ways) for c in self.comparison.machine.caches}
        return seen == {(c.level, c.kind, c.bytes, c.ways) for c in self.factors.caches}


def read(
    folder: Path, cache: Path | None = None, bench: Path | None = None, tell: Callable[[str], None] = lambda _: None
) -> Material:
    """cache: the folder of the history (None: the user's); bench: what `tensorop-gen bench --json` wrote. Raises
    RequestError for what cannot be understood, CacheError."""
    factors, record = read_record(folder)
    rows = _rows(cache, tell)
    trials, searches = search_of(rows, record)
    return Material(
        str(folder),
        factors,
        record,
        trials,
        searches,
        _comparison(bench) if bench else None,
        _modelled(factors, record),
    )


def _rows(cache: Path | None, tell: Callable[[str], None]) -> tuple[Row, ...]:
    """A history that is not there is not made."""
    if not ((cache or default_root()) / NAME).is_file():
        return ()
    with History(cache, tell) as history:
        return history.rows()


def _comparison(bench: Path) -> Comparison:
    try:
        return Comparison.model_validate_json(bench.read_bytes())
    except (OSError, ValidationError) as error:
        raise RequestError(f"{bench} is nothing that tensorop-gen bench --json wrote\n{error}") from None


def _modelled(factors: HardwareFactors, record: Record) -> Report | str:
    """Of what was emitted only: not of another kernel that an author of today would write."""
    if record.operator != GEMM.name:
        return f"Only {GEMM.name} is modelled."
    try:
        params = GEMM.params.from_dict(record.params)
        candidate = BuiltinAuthor().write(Request(""), factors, params, record.order)
        if candidate.key != record.candidate:
            return (
                f"These kernels ({record.provenance.author}, tensorop-gen {record.provenance.generator}) are not what "
                f"the builtin author of this release writes: they are in src/{factors.name}/kernels.S, without a "
                "model; run the same request again to have one."
            )
        programs = ordered(kernels.write(params, target.find(factors.isa)), record.order)
        return report(factors, params, MODELLED, programs)
    except MeasureError as error:
        return f"Nothing is modelled: {error}; costs go into the target's file (docs/targets.md)."
    except (ValueError, KeyError) as error:
        raise RequestError(f"the record of {factors.name} cannot be understood: {error}") from None
