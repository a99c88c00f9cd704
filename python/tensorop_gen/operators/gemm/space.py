"""The tuning space of GEMM: which single changes of its parameters make sense, read from kernels/gemm/space.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import yaml

from tensorop_gen.isa import target
from tensorop_gen.operators.gemm.params import Factors, GemmParams, lanes, problems, widest_caps
from tensorop_gen.source import source_root

STEPS = (-4, -2, -1, 1, 2, 4)  # of what is added
POWERS = (-2, -1, 1, 2)  # of what is multiplied by


@dataclass(frozen=True, slots=True)
class Move:
    """One change. name: "kc=320"; kind: its technique; axis: the parameter; step: the change as such ("+32", "*1.25",
    "=4"); group: the group of shapes that the parameter is judged on."""

    name: str
    kind: str
    axis: str
    step: str
    group: str
    params: GemmParams


@functools.cache
def _space() -> dict[str, Any]:
    text = (source_root() / "kernels" / "gemm" / "space.yaml").read_text()
    groups: dict[str, Any] = yaml.safe_load(text)["groups"]
    return groups


def shapes(group: str) -> tuple[str, ...]:
    """The shapes (m x k x n) that a group is judged on."""
    return tuple(_space()[group]["shapes"])


def classes() -> tuple[str, ...]:
    """The classes of shapes that some group is for."""
    return tuple(dict.fromkeys(name for facts in _space().values() for name in facts["classes"]))


def groups(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The groups of parameters that matter for these classes of shapes; all of them without any."""
    return tuple(group for group, facts in _space().items() if not wanted or set(wanted) & set(facts["classes"]))


def differing(one: GemmParams, other: GemmParams, isa: str) -> tuple[str, ...]:
    """The groups of the parameters in which the two differ, in the order of the space; those that no group names belong
    to the first."""
    changed = {field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)}
    choices = target.find(isa).preferences.choices
    owned = {group: {*facts["parameters"], *choices.get(group, {})} for group, facts in _space().items()}
    first = next(iter(owned))
    orphans = changed - set().union(*owned.values())
    return tuple(group for group, names in owned.items() if changed & names or (group == first and orphans))


def moves(params: GemmParams, factors: Factors) -> tuple[Move, ...]:
    """Every legal single change."""
    found = (move for group, facts in _space().items() for move in _group_moves(group, facts, params, factors))
    return tuple(m for m in found if m.params != params and not problems(m.params, factors))


def _group_moves(group: str, facts: dict[str, Any], params: GemmParams, factors: Factors) -> Iterator[Move]:
    preferences = target.find(factors.isa).preferences
    for vectors, nr in preferences.tiles if facts.get("tile") else ():
        changed = aligned(replace(params, vectors=vectors, nr=nr), factors)
        yield Move(f"tile={vectors}x{nr}", "tiling", "tile", f"={vectors}x{nr}", group, changed)
    for changes in preferences.together if facts.get("tile") else ():
        name = ",".join(f"{parameter}={value}" for parameter, value in changes.items()).replace(" ", "")
        changed = aligned(replace(params, **changes), factors)
        yield Move(name, "vectorization", ",".join(changes), f"={name}", group, changed)
    chosen = preferences.choices.get(group, {})
    axes = facts["parameters"] | {name: {"kind": "vectorization", "values": chosen[name]} for name in chosen}
    for name, axis in axes.items():
        if name in preferences.unused:
            continue
        for value, step in _values(getattr(params, name), axis):
            changed = aligned(replace(params, **{name: value}), factors)
            yield Move(f"{name}={value}", axis["kind"], name, step, group, changed)


def _values(value: Any, axis: dict[str, Any]) -> tuple[tuple[Any, str], ...]:
    """Values of a parameter and the steps to them."""
    if "values" in axis:
        return tuple((choice, f"={choice}") for choice in axis["values"])
    if "step" in axis:
        candidates = [(value + times * axis["step"], f"{times * axis['step']:+d}") for times in STEPS]
    else:
        candidates = [(round(value * axis["factor"] ** power), f"*{axis['factor'] ** power:g}") for power in POWERS]
    return tuple((v, step) for v, step in candidates if axis["low"] <= v <= axis["high"])


def aligned(params: GemmParams, factors: Factors) -> GemmParams:
    """The same with MC and NC rounded to the tile that they are cut into, and DIRECT able to take its panels."""
    mr = params.mr(lanes(factors, params.group))
    mc = max(round(params.mc / mr), 1) * mr
    nc = max(params.nc // params.nr, 1) * params.nr
    more = widest_caps(target.find(factors.isa), factors.vector_registers // params.group)
    caps = params.direct_caps + more[len(params.direct_caps) : params.vectors]
    return replace(params, mc=mc, nc=nc, direct_caps=caps)
