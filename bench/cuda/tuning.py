"""The project's tuner on the device: MCTS over the kernels that the driver holds, for each type of operands.

A candidate is held against the incumbent by turns in a process of its own, with fresh operands and L2 flushed before
every call and the results of every call verified; what is wrong or above the published peak is refused."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from driver import TIME_UP, Row
from judge import fault

from tensorop_gen.tune.built import BuiltSpace
from tensorop_gen.tune.model import Budget, Outcome, Point, Trial
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import Search

SHAPES = [(0, 0, 4096, 4096, 4096), (1, 0, 4096, 4096, 4096), (0, 1, 8192, 1280, 4096)]  # op(A), op(B), m, n, k
ROUNDS = 7
DUEL_SECONDS = 20.0
SURE = 1.96  # standard errors of a 95 % interval

Run = Callable[..., tuple[int, list[Row]]]


@dataclass(frozen=True)
class Duels:
    """The `evaluate` of a search. peak: TFLOPS that nothing can exceed; names: of the kernels by their points."""

    driver: Run
    operands: int
    peak: float
    names: Mapping[Point, str]

    def __call__(self, point: Point, incumbent: Point) -> Outcome:
        shapes = " ".join(" ".join(map(str, shape)) for shape in SHAPES)
        words = ("duel", self.names[point], self.names[incumbent], self.operands, shapes, ROUNDS)
        status, rows = self.driver(*words, seconds=DUEL_SECONDS)
        if status or len(rows) != len(SHAPES):
            return Outcome(reason="the time was up" if status == TIME_UP else f"the driver ended with {status}")
        return judged(rows, self.peak)


def judged(rows: list[Row], peak: float) -> Outcome:
    """Gain: the median of paired log-ratios, as a mean over the shapes."""
    medians, errors = [], []
    for row in rows:
        fastest = 2e-12 * row["m"] * row["n"] * row["k"] / min(row["seconds"] + row["against"])
        if reason := fault(row | {"tflops": fastest}, peak):
            return Outcome(reason=reason)
        ratios = [math.log(other / own) for own, other in zip(row["seconds"], row["against"], strict=True)]
        medians.append(statistics.median(ratios))
        errors.append(statistics.stdev(ratios) * math.sqrt(math.pi / 2 / len(ratios)))  # of a median
    gain, error = statistics.fmean(medians), math.hypot(*errors) / len(errors)
    return Outcome(gain, gain - SURE * error, gain + SURE * error, noise=error, rounds=len(rows[0]["seconds"]))


def tune(driver: Run, facts: Row, wrong: set[str], seconds: float, history: Path) -> list[Row]:
    """For each type of operands: where the search began, what it found, its trials. wrong: symbols of kernels that are
    not to be tried. Trials are kept in the history (JSON lines) as they end, and not measured again."""
    found = []
    kinds = sorted({row["operands"] for row in facts["variants"]})
    for operands in kinds:
        rows = [row for row in facts["variants"] if row["operands"] == operands and row["symbol"] not in wrong]
        if len(rows) > 1:
            peak = list(facts["peaks"].values())[operands]
            found.append(_tune(driver, rows, operands, peak, seconds / len(kinds), history))
    return found


def _tune(driver: Run, rows: list[Row], operands: int, peak: float, seconds: float, history: Path) -> Row:
    space = BuiltSpace.of([row["parameters"] for row in rows])
    names = {point: row["name"] for point, row in zip(space.points, rows, strict=True)}
    start = space.points[max(range(len(rows)), key=lambda i: (rows[i]["shipped"], rows[i]["modelled_rate"]))]
    evaluate = Duels(driver, operands, peak, names)
    recorded = _read(history)
    search = Search(start, space, make_policy("history"), evaluate, recorded)
    for trial in search.run(Budget(seconds=seconds)):
        if (trial.point.key, trial.against) not in recorded:
            _write(history, trial, operands)
    return {
        "operands": operands,
        "start": names[start],
        "best": names[search.incumbent],
        "gain": round(math.exp(search.level), 4),
        "trials": len(search.trials),
        "failed": {names[trial.point]: trial.outcome.reason for trial in search.trials if trial.outcome.reason},
    }


def _read(history: Path) -> dict[tuple[str, str], Outcome]:
    if not history.is_file():
        return {}
    whole = [line for line in history.read_text().splitlines() if line.endswith("}}")]  # the last may be torn
    lines = map(json.loads, whole)
    return {(line["point"], line["against"]): Outcome(**line["outcome"]) for line in lines}


def _write(history: Path, trial: Trial, operands: int) -> None:
    line: dict[str, Any] = {"operands": operands, "change": trial.change, "accepted": trial.accepted}
    line |= {"point": trial.point.key, "against": trial.against, "outcome": asdict(trial.outcome)}
    with history.open("a") as file:
        file.write(json.dumps(line) + "\n")
