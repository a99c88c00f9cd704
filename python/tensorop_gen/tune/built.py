"""A space of kernels that are built already: on a GPU's machine there may be no compiler, and none is waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tensorop_gen.tune.model import Action, Point

# The technique that a parameter belongs to, in the order in which a step that changes several is named.
TECHNIQUES = {
    "sketch": ("sketch",),
    "tiling": ("bm", "bn", "bk", "tm", "tn"),
    "pipeline": ("stages",),
    "warps": ("warps_m", "warps_n", "lanes_m", "consumers"),
    "cluster": ("cluster",),
    "raster": ("group",),
    "occupancy": ("blocks",),
}


@dataclass(frozen=True, slots=True)
class Built:
    """The parameters of one kernel, by name; those that only other sketches have are 0."""

    values: tuple[tuple[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        return dict(self.values)

    def coordinates(self) -> dict[str, float | str]:
        """As those of Params, of which a machine without the package's sketches knows nothing."""
        return {name: str(v) if isinstance(v, bool | str) else float(v) for name, v in self.values}


@dataclass(frozen=True)
class BuiltSpace:
    """From any kernel to any other one of the same operands. rows: the parameters of each."""

    points: tuple[Point, ...]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> BuiltSpace:
        names = sorted({name for row in rows for name in row})
        built = (Built(tuple((name, row.get(name, 0)) for name in names)) for row in rows)
        return cls(tuple(Point(one) for one in built))

    def __call__(self, point: Point) -> tuple[Action, ...]:
        return tuple(_action(point, other) for other in self.points if other != point)


def _action(here: Point, there: Point) -> Action:
    before, after = here.params.to_dict(), there.params.to_dict()
    changed = [name for name, value in after.items() if value != before[name]]
    kind = next((kind for kind, names in TECHNIQUES.items() if set(names) & set(changed)), "other")
    step = " ".join(f"{name}={after[name]}" for name in changed)
    return Action(kind, step, " ".join(changed), step, there)
