"""The tuning curve: every trial by its number, and the best level so far."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from tensorop_gen.report.plots import ACCENT, BAD, FAINT, MUTED, Plot, Spec, axis, hover, percent, plot
from tensorop_gen.report.sections.model import Section, Table

if TYPE_CHECKING:
    from tensorop_gen.cache.history_row import Row
    from tensorop_gen.report.material import Material
    from tensorop_gen.report.searches import Trials

FLOOR = 20.0  # % below the start: what is slower still stands on that line, so that small gains can be seen
KEPT, SLOWER, FAILED = "kept", "not faster", "failed"


def section(material: Material) -> Section:
    trials = material.trials
    if not trials:
        other = f" (the history has {material.searches} other searches for this CPU)" if material.searches else ""
        how = (
            f'tensorop-gen "sgemm for {material.factors.name}" --tune 60 --cache DIR, then report with the same --cache'
        )
        missing = f"No search in the history found or began with this candidate{other}: run {how}."
        return Section("tuning", "Tuning", missing=missing)
    return Section(
        "tuning",
        "Tuning",
        lead=_lead(trials),
        marks=("measured",) if any(row.rounds > 1 for row in trials) else ("modelled",),
        plots=(_curve(trials), _outcomes(trials)),
        tables=_failures(trials),
        notes=_notes(material),
    )


def state(row: Row) -> str:
    """What became of a trial."""
    return FAILED if row.reason else KEPT if row.accepted else SLOWER


def best_levels(trials: Trials) -> list[float]:
    """Of the incumbent, in % over the start: before the first trial, then after each."""
    levels = [0.0]
    for row in trials:
        levels.append(percent(row.level) if row.accepted else levels[-1])
    return levels


def told(row: Row) -> str:
    """A trial, for who points at it."""
    head = f"trial {row.number}: {row.kind}, {row.name}"
    if row.reason:
        return hover(head, f"{FAILED}: {row.reason}")
    shift = row.level - row.gain
    interval = f"{percent(row.low + shift):+.1f} .. {percent(row.high + shift):+.1f} %"
    text = f"{percent(row.level):+.2f} % over the start (95 %: {interval})"
    return hover(head, text, f"{state(row)}; {row.rounds} rounds, noise of a round {100 * row.noise:.1f} %")


def _lead(trials: Trials) -> str:
    counts = Counter(map(state, trials))
    gain = best_levels(trials)[-1]
    outcomes = ", ".join(f"{counts[what]} {what}" for what in (KEPT, SLOWER, FAILED) if counts[what])
    best = f"The best candidate stands {gain:+.1f} % over the start." if counts[KEPT] else "The start remains the best."
    noun = "trial" if len(trials) == 1 else "trials"
    return (
        f"{len(trials)} {noun} of the policy {trials[0].policy}: {outcomes}. {best} "
        "Trials are measured one by one, each in turns with the best so far; the bars are 95 % intervals."
    )


def _curve(trials: Trials) -> Plot:
    levels = best_levels(trials)
    best: Spec = {
        "type": "scatter", "mode": "lines", "name": "best so far", "x": list(range(len(levels))), "y": levels,
        "line": {"shape": "hv", "width": 2, "color": ACCENT}, "hoverinfo": "skip",
    }  # fmt: skip
    marks = [_points(trials, KEPT, ACCENT, 10), _points(trials, SLOWER, MUTED, 7), _points(trials, FAILED, BAD, 8)]
    data = [best, *(one for one in marks if one["x"])]
    low = min(min(one["y"]) for one in data)
    return plot(
        "curve", "Speed of each trial over the start's, by its number, and the best so far", data, 380,
        xaxis=axis("trial", rangemode="tozero", showgrid=False),
        yaxis=axis("% over the start", ticksuffix=" %", range=_reached(data)),
        shapes=[_cut()] if low <= -FLOOR else [],
    )  # fmt: skip


def _reached(data: list[Spec]) -> list[float]:
    """From the lowest to the highest mark: what is wider are intervals of a busy machine, which may be cut."""
    heights = [height for one in data for height in one["y"]]
    room = 0.12 * (max(heights) - min(heights)) + 0.5
    return [min(heights) - room, max(heights) + room]


def _points(trials: Trials, which: str, colour: str, size: int) -> Spec:
    """Failures have no speed: they stand at the bottom."""
    rows = [row for row in trials if state(row) == which]
    clear = [row for row in trials if not row.reason]
    bottom = max(-FLOOR, min([percent(row.level) for row in clear], default=0.0)) if which == FAILED else -FLOOR
    heights = [bottom if row.reason else max(percent(row.level), -FLOOR) for row in rows]
    symbols = [
        "x-thin-open" if row.reason else "triangle-down" if percent(row.level) < -FLOOR else "circle" for row in rows
    ]
    spec: Spec = {
        "type": "scatter", "mode": "markers", "name": which, "x": [row.number for row in rows], "y": heights,
        "hovertext": [told(row) for row in rows], "hoverinfo": "text",
        "marker": {"symbol": symbols, "size": size, "color": colour, "line": {"width": 2 if which == FAILED else 0}},
    }  # fmt: skip
    if which != FAILED:
        reach = [_reach(row) for row in rows]
        spec["error_y"] = {
            "type": "data", "symmetric": False, "array": [up for up, _ in reach], "color": FAINT,
            "arrayminus": [down for _, down in reach], "thickness": 1, "width": 0,
        }  # fmt: skip
    return spec


def _reach(row: Row) -> tuple[float, float]:
    """From a trial's level up and down to the ends of its interval; none for what stands on the floor."""
    level = percent(row.level)
    if level < -FLOOR:
        return 0.0, 0.0
    ends = [percent(end + row.level - row.gain) for end in (row.high, row.low)]
    return ends[0] - level, level - max(ends[1], -FLOOR)


def _cut() -> Spec:
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": -FLOOR, "y1": -FLOOR,
            "line": {"color": FAINT, "width": 1, "dash": "dot"}}  # fmt: skip


def _outcomes(trials: Trials) -> Plot:
    """By kind of action, most tried first from the top."""
    kinds = [kind for kind, _ in Counter(row.kind for row in trials).most_common()][::-1]
    counts = Counter((row.kind, state(row)) for row in trials)
    data: list[Spec] = [
        {
            "type": "bar", "orientation": "h", "name": what, "y": kinds, "x": [counts[kind, what] for kind in kinds],
            "marker": {"color": colour}, "hoverinfo": "text",
            "hovertext": [hover(f"{kind}: {counts[kind, what]} {what}", _best(trials, kind)) for kind in kinds],
        }
        for what, colour in ((KEPT, ACCENT), (SLOWER, FAINT), (FAILED, BAD))
    ]  # fmt: skip
    return plot(
        "outcomes", "Outcomes of the trials by kind of action", data, 90 + 26 * len(kinds),
        barmode="stack", bargap=0.35, xaxis=axis("trials", dtick=max(1, len(trials) // 10)), yaxis=axis(showgrid=False),
    )  # fmt: skip


def _best(trials: Trials, kind: str) -> str:
    effects = [row.level - row.parent_level for row in trials if row.kind == kind and not row.reason]
    return f"best step {percent(max(effects)):+.1f} %" if effects else ""


def _failures(trials: Trials) -> tuple[Table, ...]:
    reasons = Counter(row.reason for row in trials if row.reason)
    if not reasons:
        return ()
    numbers = {text: ", ".join(str(row.number) for row in trials if row.reason == text) for text in reasons}
    rows = tuple((text, numbers[text], str(count)) for text, count in reasons.most_common())
    return (Table(("why", "trials", "count"), rows, f"What failed ({sum(reasons.values())})", folded=True),)


def _notes(material: Material) -> tuple[str, ...]:
    first, last = material.trials[0], material.trials[-1]
    noise = [row.noise for row in material.trials if row.rounds > 1]
    found = [
        f"{first.machine_name}; search {first.search}, seed {first.seed}, {first.date} to {last.date}",
        first.versions,
    ]
    if noise:
        found.append(f"noise of a round: {100 * math.fsum(noise) / len(noise):.1f} % in the mean of the trials")
    if material.searches > 1:
        others = material.searches - 1
        found.append(
            f"{others} more in the history for this CPU: tensorop-gen history --target {material.factors.name}"
        )
    return tuple(found)
