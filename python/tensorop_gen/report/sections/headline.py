"""The first lines: what, for which CPU, how fast, how much of the peak, what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.cache.records import blas_name
from tensorop_gen.measure.shapes import flops
from tensorop_gen.report.plots import percent

if TYPE_CHECKING:
    from tensorop_gen.report.material import Material
    from tensorop_gen.report.sections.model import Mark


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands out. note: what it is of."""

    value: str
    unit: str
    note: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    what: str
    cpu: str
    title: str
    figures: tuple[Figure, ...]


def headline(material: Material) -> Headline:
    record = material.record
    what = blas_name(record.operator, record.dtype)
    figures = (*_speed(material), *_gain(material), _proof(material))
    return Headline(what, record.cpu, material.factors.title, figures)


def _speed(material: Material) -> tuple[Figure, ...]:
    """Of the largest product on one thread that was measured, else modelled."""
    rows = [row for row in material.record.measurements if row.threads == 1]
    if rows:
        row = max(rows, key=lambda row: flops(row.shape))
        return (
            Figure(f"{row.gflops:.1f}", "GFLOPS", f"{row.shape}, one thread", row.kind),
            Figure(f"{row.percent_of_peak:.1f}", "% of peak", "measured beside it, round by round", row.kind),
        )
    if isinstance(material.modelled, str):
        return ()
    found = [row for row in material.modelled.predictions if row.loads == 1.0]
    best = max(found, key=lambda row: flops(row.shape))
    speed = (Figure(f"{best.gflops:.1f}", "GFLOPS", f"{best.shape}, one core", "modelled"),) if best.gflops else ()
    return (*speed, Figure(f"{best.percent:.1f}", "% of peak", f"{best.shape}, one core", "modelled"))


def _gain(material: Material) -> tuple[Figure, ...]:
    kept = [row for row in material.trials if row.accepted]
    if not kept:
        return ()
    mark: Mark = "measured" if kept[-1].rounds > 1 else "modelled"
    return (Figure(f"{percent(kept[-1].level):+.1f}", "%", f"by {len(material.trials)} trials, over the start", mark),)


def _proof(material: Material) -> Figure:
    proof = material.record.verification
    state = "passed" if proof.passed else "FAILED"
    return Figure(f"{proof.cases:,}", "cases", f"{state}; worst error ratio r = {proof.worst_ratio:.2f}", proof.kind)
