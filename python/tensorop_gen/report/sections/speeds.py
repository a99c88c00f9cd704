"""What a roofline shows: the speeds of products by arithmetic intensity, and the limits above them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.shapes import flops, footprint
from tensorop_gen.report.plots import hover
from tensorop_gen.report.sections.model import Mark

if TYPE_CHECKING:
    from tensorop_gen.measure.candidate import Measurement
    from tensorop_gen.report.material import Material
    from tensorop_gen.request.model import Shape


@dataclass(frozen=True, slots=True)
class Dot:
    """One product. intensity: flops a byte of A, B and C, each counted once; low, high: GFLOPS, of an interval."""

    shape: Shape
    intensity: float
    gflops: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Roof:
    """A limit: a peak in GFLOPS, or a bandwidth in GB/s."""

    name: str
    mark: Mark
    peak: float = 0.0
    bandwidth: float = 0.0


# Who is timed, what its speeds are worth, its products.
Series = tuple[str, "Mark", tuple[Dot, ...]]


def measured(material: Material) -> list[Series]:
    """The record's own measurements, by number of threads."""
    rows = material.record.measurements
    found: list[Series] = []
    for threads in sorted({row.threads for row in rows}):
        mine = [row for row in rows if row.threads == threads]
        found.append((_threads(threads), mine[0].kind, tuple(map(_measured, mine))))
    return found


def modelled(material: Material) -> list[Series]:
    """One core by the cost model; the interval: accesses to memory cost twice and half of what is assumed."""
    if isinstance(material.modelled, str):
        return []
    dots = []
    rows = material.modelled.predictions
    for shape in dict.fromkeys(row.shape for row in rows):
        by_loads = {row.loads: row for row in rows if row.shape == shape}
        one = by_loads[1.0]
        text = hover(str(shape), f"{one.gflops:.1f} GFLOPS, {one.percent:.0f} % of peak, modelled", f"way: {one.path}")
        ends = by_loads[2.0].gflops, by_loads[0.5].gflops
        dots.append(Dot(shape, _intensity(shape), one.gflops, *ends, text))
    return [("one core", "modelled", tuple(dots))] if all(dot.gflops for dot in dots) else []


def peaks(material: Material) -> list[Roof]:
    """Beside each measurement the peak was measured too; else flops a cycle times the highest clock."""
    rows = [row for row in material.record.measurements if row.percent_of_peak > 0]
    found = [
        Roof(
            f"peak of {_threads(threads)}",
            "measured",
            statistics.median(map(_peak, (r for r in rows if r.threads == threads))),
        )
        for threads in sorted({row.threads for row in rows})
    ]
    factors = material.factors
    if not found and factors.clock_ghz:
        found = [Roof("peak of one core", "modelled", factors.flops_per_cycle * factors.clock_ghz)]
    return found


def bandwidths(material: Material) -> list[Roof]:
    """Measured by a comparison on this CPU, on the footprint of its memory-bound shapes, one thread; beside it, what
    the target's file says of one core's caches and, where nothing was measured, of its memory."""
    found: list[Roof] = []
    results = material.comparison.results if material.comparison and material.compared_here else ()
    rates = [rate for row in results if row.threads == 1 for rate in row.read_bytes]
    if rates:
        found.append(Roof("reading memory, one thread", "measured", bandwidth=statistics.median(rates) / 1e9))
    clock = material.factors.clock_ghz
    for feed in material.factors.feeds if clock else ():
        if feed.level or not rates:
            name = f"L{feed.level}" if feed.level else "memory"
            found.append(Roof(f"{name}, one core", "modelled", bandwidth=feed.bytes_per_cycle * (clock or 0.0)))
    return found


def _measured(row: Measurement) -> Dot:
    share = [end / row.percent_of_peak for end in row.interval] if row.percent_of_peak else [1.0, 1.0]
    text = hover(
        f"{row.shape}, {_threads(row.threads)}",
        f"{row.gflops:.1f} GFLOPS, {row.kind}",
        f"{row.percent_of_peak:.1f} % of peak (95 %: {row.interval[0]:.1f} .. {row.interval[1]:.1f})",
    )
    return Dot(row.shape, _intensity(row.shape), row.gflops, row.gflops * share[0], row.gflops * share[1], text)


def _peak(row: Measurement) -> float:
    return 100 * row.gflops / row.percent_of_peak


def _intensity(shape: Shape) -> float:
    return flops(shape) / footprint(shape)


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"
