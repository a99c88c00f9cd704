"""A comparison as text: rich tables for the terminal, Markdown for a README."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table

from tensorop_gen.measure import analysis
from tensorop_gen.measure.analysis import BEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.measure.model import Comparison, LibraryFacts, Result
    from tensorop_gen.measure.statistics import Estimate
    from tensorop_gen.request.model import Shape

Rows = tuple[list[str], list[list[str]]]


def estimate_text(found: Estimate | None) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]" if found else "-"


def speed_text(result: Result | None) -> str:
    """GFLOPS and % of the measured peak (or, for memory-bound shapes, of the measured bandwidth: "bw")."""
    if result is None:
        return "-"
    if result.gflops is None or result.percent_of_peak is None:
        return result.status
    mark = "!" if result.status == "suspicious" else ""
    if result.percent_of_bandwidth is not None:
        return f"{result.gflops:.1f}{mark} ({result.percent_of_bandwidth:.0f} % bw)"
    return f"{result.gflops:.1f}{mark} ({result.percent_of_peak:.0f} %)"


def speed_rows(comparison: Comparison, threads: int) -> Rows:
    """A row a shape: every library's speed, our ratio to the best peer, our worst r."""
    names = [comparison.ours, *analysis.peers(comparison)]
    head = ["shape", *names, *([f"{comparison.ours} / {BEST}", BEST] if len(names) > 1 else []), "r"]
    rows = []
    for shape in analysis.shapes(comparison):
        speeds = [speed_text(comparison.result(shape, threads, name)) for name in names]
        best = analysis.best_peer(comparison, shape, threads)
        versus = (
            [estimate_text(analysis.ratio(comparison, shape, threads, BEST)), best or "-"] if len(names) > 1 else []
        )
        rows.append([str(shape), *speeds, *versus, _worst(comparison, shape, threads)])
    return head, rows


def class_rows(comparison: Comparison) -> Rows:
    """Geometric means of our ratios over each class."""
    versus = [BEST, *analysis.peers(comparison)]
    rows = [
        [name, str(threads), *(estimate_text(analysis.class_ratio(comparison, name, threads, peer)) for peer in versus)]
        for name in analysis.classes(comparison)
        for threads in analysis.thread_counts(comparison)
    ]
    return ["class", "threads", *versus], rows


def scaling_rows(comparison: Comparison) -> Rows:
    """Speed-up of more threads over one, of every library."""
    names = [comparison.ours, *analysis.peers(comparison)]
    counts = [count for count in analysis.thread_counts(comparison) if count > 1]
    rows = [
        [str(shape), str(threads), *(_scaling(comparison, shape, name, threads) for name in names)]
        for shape in analysis.shapes(comparison)
        for threads in counts
        if 1 in analysis.thread_counts(comparison)
    ]
    return ["shape", "threads", *names], rows


def farthest_rows(comparison: Comparison, count: int = 5) -> Rows:
    """Where we are farthest from the best peer."""
    rows = [
        [str(shape), str(threads), best, estimate_text(value)]
        for shape, threads, best, value in analysis.farthest(comparison, count)
    ]
    return ["shape", "threads", BEST, "ratio"], rows


def notes(comparison: Comparison) -> list[str]:
    """Who was measured, on what, who is missing, and every result that has no speed or an odd one."""
    machine = comparison.machine
    clocks = "clock unknown" if machine.clock_ghz is None else "clock {} to {} GHz".format(*machine.clock_ghz)
    cpu = f"{machine.cpu} (virtual)" if machine.virtual else machine.cpu
    return [
        f"{comparison.kind} {comparison.date} on {cpu}, {machine.isa}, {machine.processors} processors, {clocks}, "
        f"Linux {machine.kernel}, huge pages {machine.huge_pages}",
        f"{comparison.rounds} rounds, seed {comparison.seed}; 95 % intervals: {comparison.intervals}",
        *(_library(one) for one in comparison.libraries),
        *(f"missing: {one.name} ({one.reason})" for one in comparison.missing),
        *(f"{r.status}: {r.library}, {r.shape}, threads {r.threads}: {r.note}" for r in comparison.results if r.note),
    ]


def _library(facts: LibraryFacts) -> str:
    return f"{facts.name}: {facts.identity or 'says nothing of itself'} ({facts.file}, {facts.symbol})"


def render(comparison: Comparison) -> Group:
    """All of it, for a rich console."""
    tables = [_rich(f"threads: {n}", speed_rows(comparison, n)) for n in analysis.thread_counts(comparison)]
    if analysis.peers(comparison):
        tables.append(_rich("geometric mean of the ratios", class_rows(comparison)))
        tables.append(_rich(f"farthest from the {BEST}", farthest_rows(comparison)))
    if len(analysis.thread_counts(comparison)) > 1:
        tables.append(_rich("speed-up of threads", scaling_rows(comparison)))
    return Group(*tables, *notes(comparison))


def markdown(comparison: Comparison) -> str:
    """The same for a README."""
    parts = []
    for threads in analysis.thread_counts(comparison):
        parts += [f"GFLOPS (% of measured peak), threads: {threads}", _markdown(speed_rows(comparison, threads))]
    if analysis.peers(comparison):
        parts += ["Geometric mean of the ratios, by class", _markdown(class_rows(comparison))]
        parts += [f"Farthest from the {BEST}", _markdown(farthest_rows(comparison))]
    parts.append("\n".join(f"- {line}" for line in notes(comparison)))
    return "\n\n".join(parts) + "\n"


def _worst(comparison: Comparison, shape: Shape, threads: int) -> str:
    result = comparison.result(shape, threads, comparison.ours)
    known = [r for r in (result.before, result.after) if r is not None] if result else []
    return f"{max(known):.2f}" if known else "-"


def _scaling(comparison: Comparison, shape: Shape, name: str, threads: int) -> str:
    found = analysis.scaling(comparison, shape, name, threads)
    return f"{found.value:.2f}" if found else "-"


def _rich(title: str, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(rows[0]):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows[1]:
        table.add_row(*row)
    return table


def _markdown(rows: Rows) -> str:
    head, body = rows
    lines: Sequence[Sequence[str]] = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
