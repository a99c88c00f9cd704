"""A comparison as an interactive HTML page."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tensorop_gen.measure import analysis
from tensorop_gen.measure.errors import MeasureError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.measure.model import Comparison


def save_plot(comparison: Comparison, path: Path) -> None:
    """Bars of % of measured peak by shape and library, one picture a thread count; needs plotly."""
    try:
        graph_objects = import_module("plotly.graph_objects")
        make_subplots = import_module("plotly.subplots").make_subplots
    except ImportError:
        raise MeasureError("the plot needs plotly: pip install 'tensorop-gen[report]'") from None
    counts = analysis.thread_counts(comparison)
    shapes = analysis.shapes(comparison)
    figure = make_subplots(rows=len(counts), cols=1, subplot_titles=[f"threads: {count}" for count in counts])
    for row, threads in enumerate(counts, 1):
        for name in (comparison.ours, *analysis.peers(comparison)):
            results = [comparison.result(shape, threads, name) for shape in shapes]
            bars = graph_objects.Bar(
                name=name,
                legendgroup=name,
                showlegend=row == 1,
                x=[str(shape) for shape in shapes],
                y=[result.percent_of_peak if result else None for result in results],
                customdata=[result.gflops if result else None for result in results],
                hovertemplate="%{x}<br>%{y:.1f} % of peak, %{customdata:.1f} GFLOPS",
            )
            figure.add_trace(bars, row=row, col=1)
    figure.update_yaxes(title_text="% of measured peak")
    figure.update_layout(
        title=f"sgemm on {comparison.machine.cpu}, {comparison.kind} {comparison.date[:10]}", height=450 * len(counts)
    )
    figure.write_html(path, include_plotlyjs=True)
