"""Speed by shape: the library beside its peers, from a comparison."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tensorop_gen.measure import analysis
from tensorop_gen.measure.table import class_rows, notes, speed_rows, speed_text
from tensorop_gen.report.plots import SERIES, Plot, Spec, axis, hover, plot
from tensorop_gen.report.sections.model import Section, Table

if TYPE_CHECKING:
    from tensorop_gen.measure.model import Comparison, Result
    from tensorop_gen.measure.table import Rows
    from tensorop_gen.report.material import Material


def section(material: Material) -> Section:
    comparison = material.comparison
    title = "Speed by shape, beside peers"
    if comparison is None:
        folder = material.folder.rstrip("/")
        library = shlex.quote(f"TensorOp={folder}/lib/libtensorop.so")
        missing = (
            f"To see it beside OpenBLAS, MKL, oneDNN and LIBXSMM: tensorop-gen bench {library} --json bench.json, then "
            f"tensorop-gen report {shlex.quote(folder)} --bench bench.json."
        )
        return Section("peers", title, missing=missing)
    counts = analysis.thread_counts(comparison)
    tables = [_table(speed_rows(comparison, count), _title(count), folded=True) for count in counts]
    if analysis.peers(comparison):
        tables.insert(0, _table(class_rows(comparison), f"{comparison.ours} over its peers, by class of shapes"))
    return Section(
        "peers",
        title,
        lead=_lead(comparison) + ("" if material.compared_here else _elsewhere(comparison)),
        marks=(comparison.kind,),
        plots=tuple(_drawn(comparison, count) for count in counts),
        tables=tuple(tables),
        notes=tuple(notes(comparison)),
    )


def share(result: Result | None) -> float | None:
    """% of the measured peak; None where there is no speed to show."""
    return result.percent_of_peak if result and result.shown else None


def _title(threads: int) -> str:
    return f"GFLOPS, threads: {threads}"


def _lead(comparison: Comparison) -> str:
    peers, shapes = analysis.peers(comparison), analysis.shapes(comparison)
    held = [
        (analysis.ratio(comparison, shape, threads, analysis.BEST))
        for shape in shapes
        for threads in analysis.thread_counts(comparison)
    ]
    known = [ratio for ratio in held if ratio]
    if not known:
        return f"{len(shapes)} shapes; no peer to hold {comparison.ours} against."
    ahead, behind = sum(ratio.low > 1 for ratio in known), sum(ratio.high < 1 for ratio in known)
    return (
        f"{comparison.ours} against the best of {', '.join(peers)} for each shape: surely ahead in {ahead} of "
        f"{len(known)} cases, surely behind in {behind}, in the others the 95 % intervals leave it open."
    )


def _elsewhere(comparison: Comparison) -> str:
    return f" Measured on {comparison.machine.cpu}, whose caches are not those of the CPU that this folder is for."


def _drawn(comparison: Comparison, threads: int) -> Plot:
    """A row a shape, first on top; ours last, so that it lies over the others."""
    shapes = [str(shape) for shape in analysis.shapes(comparison)][::-1]
    names = [*analysis.peers(comparison)[::-1], comparison.ours]
    data = [_dots(comparison, threads, name) for name in names]
    return plot(
        f"peers-{threads}", f"Share of the measured peak by shape and library, threads: {threads}", data,
        110 + 30 * len(shapes), title={"text": f"threads: {threads}", "font": {"size": 13}, "x": 1, "xanchor": "right"},
        xaxis=axis("% of the measured peak", rangemode="tozero", ticksuffix=" %"),
        yaxis=axis(categoryorder="array", categoryarray=shapes, showgrid=True), legend={"traceorder": "reversed"},
    )  # fmt: skip


def _dots(comparison: Comparison, threads: int, name: str) -> Spec:
    ours = name == comparison.ours
    place = 0 if ours else 1 + analysis.peers(comparison).index(name) % (len(SERIES) - 1)
    found = [(shape, comparison.result(shape, threads, name)) for shape in analysis.shapes(comparison)]
    shown = [(shape, result) for shape, result in found if share(result) is not None]
    return {
        "type": "scatter", "mode": "markers", "name": hover(name), "y": [str(shape) for shape, _ in shown],
        "x": [share(result) for _, result in shown], "hoverinfo": "text",
        "hovertext": [hover(f"{name}, {shape}", f"{speed_text(result)}") for shape, result in shown],
        "marker": {
            "size": 13 if ours else 9, "color": SERIES[place], "symbol": "circle" if ours else "diamond",
            "line": {"width": 1, "color": "var(--paper)"},
        },
    }  # fmt: skip


def _table(rows: Rows, title: str, folded: bool = False) -> Table:
    head, body = rows
    return Table(tuple(head), tuple(map(tuple, body)), title, folded)
