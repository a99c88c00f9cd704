"""Plots as plotly's JSON. Colours are variables of the page's style sheet, and follow its light or dark scheme."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

ACCENT, MUTED, FAINT, BAD, INK = "var(--accent)", "var(--muted)", "var(--faint)", "var(--bad)", "var(--ink)"
SERIES = tuple(f"var(--series-{number})" for number in range(1, 7))
LONG = 240  # characters of a text that hovers


@dataclass(frozen=True, slots=True)
class Plot:
    """label: what it shows, for those who cannot see it. spec: data and layout."""

    name: str
    label: str
    spec: Spec


def plot(name: str, label: str, data: list[Spec], height: int, **layout: object) -> Plot:
    """A plot with the page's own template."""
    return Plot(name, label, {"data": data, "layout": {"height": height, "template": TEMPLATE, **layout}})


def axis(title: str = "", **more: object) -> Spec:
    return {"title": {"text": title}, **more}


def hover(*lines: str) -> str:
    """Lines that stand at a point. Plotly reads a few tags of HTML, so what comes from elsewhere is escaped."""
    return "<br>".join(html.escape(_short(line)) for line in lines if line)


def percent(log_ratio: float) -> float:
    """100 * (ratio - 1)."""
    return 100 * (math.exp(log_ratio) - 1)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONG else words[: LONG - 1] + "…"


_AXIS: Spec = {
    "gridcolor": "var(--line)",
    "linecolor": "var(--line)",
    "zerolinecolor": "var(--faint)",
    "zerolinewidth": 1,
    "automargin": True,
    "ticks": "",
    "title": {"font": {"size": 12, "color": MUTED}, "standoff": 10},
    "tickfont": {"color": MUTED, "size": 12},
}
TEMPLATE: Spec = {
    "layout": {
        "font": {"family": "var(--sans)", "size": 13, "color": INK},
        "paper_bgcolor": "var(--paper)",
        "plot_bgcolor": "var(--paper)",
        "colorway": list(SERIES),
        "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "var(--raised)",
            "bordercolor": "var(--line)",
            "font": {"family": "var(--sans)", "size": 13, "color": INK},
            "align": "left",
        },
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "font": {"size": 12}},
        "modebar": {"bgcolor": "var(--paper)", "color": "var(--faint)", "activecolor": ACCENT},
    }
}
