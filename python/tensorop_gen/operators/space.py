"""The tuning space of an operator: which single changes of its parameters make sense, read from its space.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Generic

import yaml

from tensorop_gen.operators.params import Factors, P
from tensorop_gen.request.model import Shape
from tensorop_gen.request.shapes import parse_shapes

STEPS = (-4, -2, -1, 1, 2, 4)  # of what is added
POWERS = (-2, -1, 1, 2)  # of what is multiplied by


@dataclass(frozen=True, slots=True)
class Move(Generic[P]):
    """One change. name: "kc=320"; kind: its technique; axis: the parameter; step: the change as such ("+32", "*1.25",
    "=4"); group: the group of shapes that the parameter is judged on."""

    name: str
    kind: str
    axis: str
    step: str
    group: str
    params: P


@dataclass(frozen=True)
class Space(Generic[P]):
    """file: groups of parameters, each with the classes of shapes that they are for, the shapes that they are judged on
    and what each may be (kernels/gemm/space.yaml says how)."""

    file: Path

    def axes(self, group: str, isa: str) -> dict[str, Any]:  # noqa: ARG002  # of an operator's own
        """The parameters of a group on an instruction set, and what each may be."""
        found: dict[str, Any] = self.facts[group]["parameters"]
        return found

    def aligned(self, params: P, factors: Factors) -> P:  # noqa: ARG002  # of an operator's own
        """The same with what a change of a parameter obliges others to be."""
        return params

    def joint(self, group: str, params: P, factors: Factors) -> Iterator[Move[P]]:  # noqa: ARG002  # likewise
        """Changes of several parameters at once."""
        return iter(())

    @property
    def facts(self) -> dict[str, Any]:
        return _facts(self.file)

    def shapes(self, group: str) -> tuple[Shape, ...]:
        """The shapes that a group is judged on."""
        return parse_shapes(",".join(self.facts[group]["shapes"]))

    def classes(self) -> tuple[str, ...]:
        """The classes of shapes that some group is for."""
        return tuple(dict.fromkeys(name for facts in self.facts.values() for name in facts["classes"]))

    def groups(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The groups of parameters that matter for these classes of shapes; all of them without any."""
        return tuple(g for g, facts in self.facts.items() if not wanted or set(wanted) & set(facts["classes"]))

    def differing(self, one: P, other: P, isa: str) -> tuple[str, ...]:
        """The groups of the parameters in which the two differ, in the order of the space; those that no group names
        belong to the first."""
        names = [field.name for field in fields(one)]  # type: ignore[arg-type]  # Params are dataclasses
        changed = {name for name in names if getattr(one, name) != getattr(other, name)}
        owned = {group: {*facts["parameters"], *self.axes(group, isa)} for group, facts in self.facts.items()}
        first = next(iter(owned))
        orphans = changed - set().union(*owned.values())
        return tuple(group for group, names in owned.items() if changed & names or (group == first and orphans))

    def moves(self, params: P, factors: Factors) -> Iterator[Move[P]]:
        """Every single change, legal or not."""
        for group in self.facts:
            yield from self.joint(group, params, factors)
            for name, axis in self.axes(group, factors.isa).items():
                for value, step in _values(getattr(params, name), axis):
                    changed = self.aligned(replace(params, **{name: value}), factors)  # type: ignore[type-var]
                    yield Move(f"{name}={value}", axis["kind"], name, step, group, changed)


@functools.cache
def _facts(file: Path) -> dict[str, Any]:
    groups: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return groups


def _values(value: Any, axis: dict[str, Any]) -> tuple[tuple[Any, str], ...]:
    """Values of a parameter and the steps to them."""
    if "values" in axis:
        return tuple((choice, f"={choice}") for choice in axis["values"])
    if "step" in axis:
        candidates = [(value + times * axis["step"], f"{times * axis['step']:+d}") for times in STEPS]
    else:
        candidates = [(round(value * axis["factor"] ** power), f"*{axis['factor'] ** power:g}") for power in POWERS]
    return tuple((v, step) for v, step in candidates if axis["low"] <= v <= axis["high"])
