"""The roofline: speed by arithmetic intensity, under the peak and what memory and caches can deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.report.plots import FAINT, INK, MUTED, SERIES, Plot, Spec, axis, plot
from tensorop_gen.report.sections.model import Mark, Section
from tensorop_gen.report.sections.speeds import Dot, Roof, Series, bandwidths, measured, modelled, peaks

if TYPE_CHECKING:
    from tensorop_gen.report.material import Material
    from tensorop_gen.request.model import Shape

_TICKS: Spec = {"tickvals": [digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 5)], "tickformat": "~g"}


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
