"""The roofline: speed by arithmetic intensity, under the peak and what memory and caches can deliver."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.shapes import flops, footprint
from tensorop_gen.report.plots import FAINT, INK, MUTED, SERIES, Plot, Spec, axis, hover, plot
from tensorop_gen.report.sections.model import Mark, Section

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


def section(material: Material) -> Section:
    title = "Roofline"
    series = measured(material) or modelled(material)
    if not series:
        how = f"run tensorop-gen again on the CPU itself, or on a board with --on ssh://USER@HOST. {material.modelled}"
        return Section("roofline", title, missing=f"No speed is known: {how}".strip())
    roofs = peaks(material) + bandwidths(material)
    marks: list[Mark] = list(dict.fromkeys([*(mark for _, mark, _ in series), *(roof.mark for roof in roofs)]))
    slopes = [roof for roof in roofs if roof.bandwidth]
    notes = [f"{roof.name}: {roof.mark}, {roof.peak or roof.bandwidth:.1f} {_unit(roof)}" for roof in roofs]
    if not slopes:
        notes.append(
            "No bandwidth is known, so only peaks are drawn: tensorop-gen bench --class skinny --json FILE measures "
            "it, and --bench FILE brings it here."
        )
    return Section(
        "roofline", title, lead=_lead(series), marks=tuple(marks), plots=(_drawn(series, roofs),), notes=tuple(notes)
    )  # fmt: skip


_TICKS: Spec = {"tickvals": [digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 5)], "tickformat": "~g"}
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


def _unit(roof: Roof) -> str:
    return "GFLOPS" if roof.peak else "GB/s"


def _lead(series: list[Series]) -> str:
    best = max((dot for _, _, dots in series for dot in dots), key=lambda dot: dot.gflops)
    return (
        f"Each dot is a product: how many operations it has for a byte of A, B and C, and how fast it is. The fastest, "
        f"{best.shape}, reaches {best.gflops:.1f} GFLOPS."
    )


def _drawn(series: list[Series], roofs: list[Roof]) -> Plot:
    dots = [dot for _, _, some in series for dot in some]
    left, right = min(dot.intensity for dot in dots) / 1.6, max(dot.intensity for dot in dots) * 1.6
    top = max([*(roof.peak for roof in roofs), *(dot.gflops for dot in dots)])
    shown = [roof for roof in roofs if roof.peak or roof.bandwidth * left < top]  # others limit nothing here
    data = [_roof(roof, left, right, top) for roof in shown]
    data += [_dots(*one, SERIES[i % len(SERIES)], i == len(series) - 1) for i, one in enumerate(series)]
    return plot(
        "roofline", "Roofline: GFLOPS by arithmetic intensity", data, 460,
        xaxis=axis("flops a byte", type="log", **_TICKS), yaxis=axis("GFLOPS", type="log", **_TICKS),
    )  # fmt: skip


def _roof(roof: Roof, left: float, right: float, top: float) -> Spec:
    """A slope ends at the highest peak. Peaks are drawn as lines, bandwidths dotted where they are modelled."""
    end = right if roof.peak else min(right, top / roof.bandwidth)
    ends = (roof.peak, roof.peak) if roof.peak else (roof.bandwidth * left, roof.bandwidth * end)
    dash = "solid" if roof.mark != "modelled" else "dot"
    limit = f"{roof.peak or roof.bandwidth:.0f} {_unit(roof)}"
    return {
        "type": "scatter", "mode": "lines", "name": f"{roof.name}, {limit} ({roof.mark})", "x": [left, end],
        "y": [*ends],
        "line": {"color": MUTED if roof.peak else FAINT, "width": 1.5, "dash": dash}, "hoverinfo": "name",
    }  # fmt: skip


def _short(shape: Shape) -> str:
    cube = f"{shape.m}x{shape.m}x{shape.m}"
    return str(shape).replace(cube, f"{shape.m}³")


def _ranks(dots: tuple[Dot, ...]) -> list[int]:
    """By intensity: the names of neighbours stand above and below in turn."""
    order = sorted(range(len(dots)), key=lambda i: dots[i].intensity)
    return [order.index(i) for i in range(len(dots))]


def _dots(name: str, mark: Mark, dots: tuple[Dot, ...], colour: str, named: bool) -> Spec:
    return {
        "type": "scatter", "mode": "markers+text" if named else "markers", "name": f"{name} ({mark})",
        "x": [dot.intensity for dot in dots], "y": [dot.gflops for dot in dots],
        "text": [_short(dot.shape) for dot in dots],
        "textposition": ["top center" if i % 2 else "bottom center" for i in _ranks(dots)],
        "textfont": {"size": 11, "color": INK},
        "hovertext": [dot.text for dot in dots], "hoverinfo": "text", "cliponaxis": False,
        "marker": {"size": 10, "color": colour, "line": {"width": 1, "color": "var(--paper)"}},
        "error_y": {
            "type": "data", "symmetric": False, "array": [dot.high - dot.gflops for dot in dots],
            "arrayminus": [dot.gflops - dot.low for dot in dots], "thickness": 1, "width": 0, "color": colour,
        },
    }  # fmt: skip
