"""The tree that the search grew: every candidate below the one it was made from, and the way to the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.report.plots import ACCENT, BAD, FAINT, INK, MUTED, Plot, Spec, axis, hover, percent, plot
from tensorop_gen.report.searches import point_of, start_of
from tensorop_gen.report.sections.curve import told
from tensorop_gen.report.sections.model import Section, Table

if TYPE_CHECKING:
    from tensorop_gen.cache.history_row import Row
    from tensorop_gen.report.material import Material
    from tensorop_gen.report.searches import Trials

_BEND = tuple((t / 12, (3 - t / 6) * (t / 12) ** 2) for t in range(13))  # from a node to one below it: a smooth step
_ROW, _LEAST, _MOST = 15, 260, 1100  # pixels: of a leaf, of the whole


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trial stands. parent: its place among the trials, None for those made from the start. depth: steps from
    the start; height: in leaves, from the top."""

    parent: int | None
    depth: int
    height: float


def section(material: Material) -> Section:
    trials = material.trials
    if not trials:
        return Section("tree", "The tree", missing="The tree is drawn from the same trials as the tuning curve above.")
    path = best_path(trials, point_of(material.record))
    places = layout(trials)
    deepest = max(place.depth for place in places)
    lead = f"{len(trials) + 1} candidates, at most {deepest} steps from the start. "
    lead += (
        f"The best one lies {_steps(len(path))} from it."
        if path
        else "None was better than the start, which is what was kept."
    )
    return Section(
        "tree",
        "The tree",
        lead=lead,
        marks=("measured",) if any(row.rounds > 1 for row in trials) else ("modelled",),
        plots=(_drawn(trials, places, path),),
        tables=_way(trials, path),
    )


def parents(trials: Trials) -> list[int | None]:
    """Of each trial the one whose candidate it was made from; None: the start, or a trial that was not kept."""
    known: dict[str, int] = {}
    found = []
    for i, row in enumerate(trials):
        found.append(known.get(row.parent) if row.parent != start_of(trials) else None)
        if not row.reason:
            known.setdefault(row.point, i)
    return found


def layout(trials: Trials) -> list[Place]:
    """Leaves stand one below the other in the order of a walk through the tree; who has children, in their middle."""
    above = parents(trials)
    below: dict[int | None, list[int]] = {}
    for i, parent in enumerate(above):
        below.setdefault(parent, []).append(i)
    depth = [0] * len(trials)
    walk: list[int] = []
    waiting = below[None][::-1]
    while waiting:
        i = waiting.pop()
        parent = above[i]
        depth[i] = 1 if parent is None else depth[parent] + 1
        walk.append(i)
        waiting += below.get(i, [])[::-1]
    height = [0.0] * len(trials)
    for leaf, i in enumerate(i for i in walk if i not in below):
        height[i] = leaf
    for i in reversed(walk):
        if i in below:
            height[i] = (height[below[i][0]] + height[below[i][-1]]) / 2
    return [Place(above[i], depth[i], height[i]) for i in range(len(trials))]


def best_path(trials: Trials, winner: str) -> list[int]:
    """The trials from the start to the winner's; to the last that was kept where the winner is none of them, unless it
    is the start itself."""
    last = next((i for i, row in enumerate(trials) if row.point == winner and not row.reason), None)
    if last is None and winner != start_of(trials):
        last = next((i for i in range(len(trials) - 1, -1, -1) if trials[i].accepted), None)
    above, path = parents(trials), []
    while last is not None:
        path.append(last)
        last = above[last]
    return path[::-1]


def _steps(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"


def _drawn(trials: Trials, places: list[Place], path: list[int]) -> Plot:
    tops = [place.height for place in places if place.parent is None]
    root = (tops[0] + tops[-1]) / 2
    leaves = 1 + max(place.height for place in places)
    data = [
        _branches(places, root, [i for i in range(len(places)) if i not in path], FAINT, 1),
        _branches(places, root, path, ACCENT, 3),
        _failed(trials, places),
        _nodes(trials, places, root),
        _names(trials, places, path, root),
    ]
    return plot(
        "tree", "Tree of the candidates tried, the best path in bold", data,
        int(min(max(90 + _ROW * leaves, _LEAST), _MOST)), showlegend=False,
        xaxis=_steps_axis(max(place.depth for place in places)),
        yaxis=axis(visible=False, autorange="reversed"),
    )  # fmt: skip


def _steps_axis(deepest: int) -> Spec:
    ends = [-0.06 * (deepest + 1), 1.06 * (deepest + 1) - 1 + 0.02]
    return axis("steps from the start", dtick=1 + deepest // 15, range=ends, showgrid=False, zeroline=False)


def _branches(places: list[Place], root: float, which: list[int], colour: str, width: int) -> Spec:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place in (places[i] for i in which):
        top = root if place.parent is None else places[place.parent].height
        xs += [*(place.depth - 1 + along for along, _ in _BEND), None]
        ys += [*(top + (place.height - top) * down for _, down in _BEND), None]
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
            "line": {"color": colour, "width": width}}  # fmt: skip


def _nodes(trials: Trials, places: list[Place], root: float) -> Spec:
    """Coloured by speed: the best is the accent's, what is far below the start fades."""
    measured = [(row, place) for row, place in zip(trials, places, strict=True) if not row.reason]
    levels = [0.0, *(percent(row.level) for row, _ in measured)]
    return {
        "type": "scatter", "mode": "markers", "x": [0, *(place.depth for _, place in measured)],
        "y": [root, *(place.height for _, place in measured)], "hoverinfo": "text",
        "hovertext": [hover("the start"), *(told(row) for row, _ in measured)],
        "marker": {
            "size": [12, *(9 if row.accepted else 7 for row, _ in measured)], "color": levels,
            "cmin": -5, "cmax": max(1.0, *levels), "colorscale": [[0, FAINT], [1, ACCENT]], "showscale": True,
            "line": {"width": 1, "color": "var(--paper)"},
            "colorbar": {"title": {"text": "% over<br>the start", "font": {"color": MUTED, "size": 12}}, "thickness": 8,
                         "outlinewidth": 0, "len": 1, "tickfont": {"color": MUTED, "size": 11}},
        },
    }  # fmt: skip


def _failed(trials: Trials, places: list[Place]) -> Spec:
    bad = [(row, place) for row, place in zip(trials, places, strict=True) if row.reason]
    return {
        "type": "scatter", "mode": "markers", "x": [place.depth for _, place in bad], "hoverinfo": "text",
        "y": [place.height for _, place in bad], "hovertext": [told(row) for row, _ in bad],
        "marker": {"symbol": "x-thin-open", "size": 7, "color": BAD, "line": {"width": 1.5}},
    }  # fmt: skip


def _names(trials: Trials, places: list[Place], path: list[int], root: float) -> Spec:
    """What was changed, at the nodes of the best path."""
    return {
        "type": "scatter", "mode": "text", "x": [0, *(places[i].depth for i in path)], "hoverinfo": "skip",
        "y": [root, *(places[i].height for i in path)], "textposition": "top center",
        "text": ["start", *(hover(trials[i].name) for i in path)], "textfont": {"size": 12, "color": INK},
        "cliponaxis": False,
    }  # fmt: skip


def _way(trials: Trials, path: list[int]) -> tuple[Table, ...]:
    if not path:
        return ()
    rows = tuple(_step(number, trials[i]) for number, i in enumerate(path, 1))
    return (Table(("step", "kind", "trial", "this step", "over the start"), rows, "The best path"),)


def _step(number: int, row: Row) -> tuple[str, ...]:
    effect = f"{percent(row.level - row.parent_level):+.1f} %"
    return f"{number}. {row.name}", row.kind, str(row.number), effect, f"{percent(row.level):+.1f} %"
