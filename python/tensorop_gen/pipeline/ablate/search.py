"""Policies of the search at equal trials (Figure 3b of the paper)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.pipeline.ablate.model import Ablation, Figure, about
from tensorop_gen.tune.model import Budget, Point
from tensorop_gen.tune.search import Search

if TYPE_CHECKING:
    from tensorop_gen.pipeline.ablate.bench import Bench
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.pipeline.workshop import Proven, Workshop
    from tensorop_gen.tune.model import Policy

SHOWN = (5, 10, 20, 40, 60, 100)

# A policy with the given seed for a search that begins at the point.
MakePolicy = Callable[[int, Point], "Policy"]


@dataclass(frozen=True, slots=True)
class Searched:
    """curve: after each trial, speed of the incumbent over that of the start."""

    curve: tuple[float, ...]
    failed: int
    winner: Proven


def searched(
    bench: Bench, shop: Workshop, first: Proven, make: MakePolicy, seed: int, trials: int, say: Reporter
) -> Searched:
    """One search, whose winner is proven. Raises NotProvenError, LlmError, ToolMissing."""
    start, curve, budget = Point(first.candidate.params, first.candidate.order), list[float](), Budget(trials=trials)
    with bench.evaluating(first, shop) as evaluate:
        search = Search(start, bench.space, make(seed, start), evaluate)
        for trial in search.run(budget):
            say.trial(trial, budget)
            curve.append(math.exp(search.level))
    curve += curve[-1:] * (trials - len(curve))
    best = search.incumbent
    failed = sum(bool(trial.outcome.reason) for trial in search.trials)
    if best == start:
        return Searched(tuple(curve), failed, first)
    candidate = shop.author.write(shop.request, shop.factors, best.params, best.order)
    return Searched(tuple(curve), failed, shop.prove(candidate, attempts=1))


def policies(
    bench: Bench, shop: Workshop, first: Proven, makes: Mapping[str, MakePolicy], seeds: int, trials: int, say: Reporter
) -> Ablation:
    """makes: policies by name. Every search has the same start, space and number of trials."""
    shown = (*(n for n in SHOWN if n < trials), trials)
    rows, lines = list[tuple[str, ...]](), dict[str, tuple[float, ...]]()
    for name, make in makes.items():
        found = [searched(bench, shop, first, make, seed, trials, say) for seed in range(seeds)]
        middle = tuple(statistics.median(values) for values in zip(*(one.curve for one in found), strict=True))
        lines[name] = middle
        failed = sum(one.failed for one in found)
        worst = max(one.winner.verification.worst_ratio for one in found)
        rows.append((name, *(f"{middle[n - 1]:.3f}" for n in shown), f"{failed}", f"{worst:.2g}"))
        say.stage("ablate", f"{name}: {middle[-1]:.3f} of the start's speed after {trials} trials")
    return Ablation(
        title="Search policies at equal trials: speed of the incumbent over that of the start",
        **about(bench.place, bench.kind),
        head=("policy", *(f"after {n}" for n in shown), "failed trials", "worst r of the winners"),
        rows=tuple(rows),
        figure=Figure(axis="speed over that of the start", lines=lines),
        notes=(f"{bench.note} Medians of {seeds} seeds.",),
    )
