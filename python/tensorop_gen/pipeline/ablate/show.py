"""An ablation as Markdown, and as an interactive HTML page."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tensorop_gen.measure.errors import MeasureError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.pipeline.ablate.model import Ablation


def markdown(found: Ablation) -> str:
    lines = [f"{found.title}: `{found.kind}`, {found.machine}, {found.date}, {found.version}.", ""]
    lines += [_row(found.head), _row(["---"] * len(found.head)), *map(_row, found.rows)]
    return "\n".join([*lines, *(f"\n{note}" for note in found.notes)]) + "\n"


def _row(values: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(value.replace('|', '/') for value in values)} |"


def save_figure(found: Ablation, path: Path) -> None:
    """Needs plotly."""
    try:
        graph_objects = import_module("plotly.graph_objects")
    except ImportError:
        raise MeasureError("the plot needs plotly: pip install 'tensorop-gen[report]'") from None
    figure = graph_objects.Figure()
    if found.figure.bars:
        names, values = zip(*found.figure.bars.items(), strict=True)
        figure.add_trace(graph_objects.Bar(x=names, y=values))
    for name, line in found.figure.lines.items():
        trials = list(range(1, len(line) + 1))
        figure.add_trace(graph_objects.Scatter(name=name, x=trials, y=line, mode="lines"))
    if found.figure.lines:
        figure.update_xaxes(title_text="trials")
    figure.update_yaxes(title_text=found.figure.axis)
    figure.update_layout(title=f"{found.title}<br>{found.kind}, {found.machine}, {found.date}, {found.version}")
    figure.write_html(path, include_plotlyjs=True)
