"""The shape classes of the comparison (bench/shapes.yaml)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tensorop_gen.request.model import RequestError
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from tensorop_gen.request.model import Shape

ELEMENT = 4  # bytes of a float32


@dataclass(frozen=True, slots=True)
class ShapeClass:
    """memory_bound: held against the bandwidth of reading its operands, beside the multiply-add peak."""

    name: str
    shapes: tuple[Shape, ...]
    memory_bound: bool = False


def flops(shape: Shape) -> float:
    return 2.0 * shape.m * shape.k * shape.n


def footprint(shape: Shape) -> int:
    """Bytes of A, B and C."""
    return ELEMENT * (shape.m * shape.k + shape.k * shape.n + shape.m * shape.n)


def load_classes(path: Path | None = None) -> tuple[ShapeClass, ...]:
    """All classes of the data file."""
    path = path or source_root() / "bench" / "shapes.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        ShapeClass(name, parse_shapes(",".join(row["shapes"])), row.get("memory_bound", False))
        for name, row in rows.items()
    )


def choose(shapes: str | None, classes: str | None) -> tuple[ShapeClass, ...]:
    """Shapes as written by the user, named classes, or (both None) all classes.

    Shapes that stand in no class make one called "other"."""
    known = load_classes()
    if shapes:
        given = parse_shapes(shapes)
        listed = {shape for one in known for shape in one.shapes}
        parts = [replace(one, shapes=tuple(shape for shape in given if shape in one.shapes)) for one in known]
        parts.append(ShapeClass("other", tuple(shape for shape in given if shape not in listed)))
        return tuple(part for part in parts if part.shapes)
    names = [c.name for c in known] if classes is None else classes.split(",")
    unknown = [name for name in names if name not in {c.name for c in known}]
    if unknown:
        raise RequestError(f'no shape class is called "{unknown[0]}": they are {", ".join(c.name for c in known)}')
    return tuple(c for c in known if c.name in names)
