"""A small space around a target's defaults, every point of which is measured once, to replay searches on.

A line of the file: the cell (axis -> value), and of each round log(speed / speed of the defaults in that round)."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tensorop_gen.operators.gemm import space
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems
from tensorop_gen.operators.params import Factors
from tensorop_gen.tune.model import Action, Point

AXES: dict[str, tuple[str, tuple[bool | int | str, ...]]] = {
    "tile": ("tiling", ("3x8", "4x6", "2x12", "1x16")),
    "kc": ("tiling", (128, 256, 384, 512)),
    "mc": ("tiling", (48, 144, 288, 576)),
    "unroll": ("unroll", (1, 2, 4)),
    "prefetch_c": ("prefetch", (0, 96)),
}
Cell = tuple[object, ...]  # a value of each axis


def cells() -> list[Cell]:
    return list(itertools.product(*(values for _, values in AXES.values())))


def params(cell: Cell, factors: Factors) -> GemmParams:
    """Raises ValueError for a cell that the target does not allow."""
    values = dict(zip(AXES, cell, strict=True))
    vectors, nr = map(int, str(values.pop("tile")).split("x"))
    made = space.aligned(replace(defaults(factors), vectors=vectors, nr=nr, **values), factors)  # type: ignore[arg-type]
    if found := problems(made, factors):
        raise ValueError("; ".join(found))
    return made


@dataclass(frozen=True)
class Grid:
    """What was measured. rounds: log-ratios to the defaults by cell; about: machine, date, versions, shape."""

    about: Mapping[str, str]
    rounds: Mapping[Cell, tuple[float, ...]]

    @classmethod
    def read(cls, file: Path) -> Grid:
        about, *lines = map(json.loads, file.read_text().splitlines())
        return cls(about, {tuple(line["cell"].values()): tuple(line["rounds"]) for line in lines})

    def level(self, cell: Cell) -> float:
        """Log-ratio to the defaults, as the median of its rounds."""
        return statistics.median(self.rounds[cell])


class GridSpace:
    """The actions of a search on the grid: any axis to any other of its values."""

    def __init__(self, grid: Grid, factors: Factors) -> None:
        self.points = {cell: Point(params(cell, factors)) for cell in grid.rounds}
        self.cells = {point: cell for cell, point in self.points.items()}

    def __call__(self, point: Point) -> list[Action]:
        here = self.cells[point]
        found = []
        for place, (axis, (kind, values)) in enumerate(AXES.items()):
            for value in values:
                there = self.points.get((*here[:place], value, *here[place + 1 :]))
                if there and there != point:
                    found.append(Action(kind, f"{axis}={value}", axis, f"={value}", there))
        return found
