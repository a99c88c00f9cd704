"""The tuning space of GEMM: which single changes of its parameters make sense, read from kernels/gemm/space.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from tensorop_gen.isa import target
from tensorop_gen.operators.gemm.params import Factors, GemmParams, lanes, problems, widest_caps
from tensorop_gen.source import source_root


@dataclass(frozen=True, slots=True)
class Move:
    """One change. group: the group of shapes that it is judged on."""

    name: str
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


def moves(params: GemmParams, factors: Factors) -> tuple[Move, ...]:
    """Every legal single change."""
    found = (move for group, facts in _space().items() for move in _group_moves(group, facts, params, factors))
    return tuple(m for m in found if m.params != params and not problems(m.params, factors))


def _group_moves(group: str, facts: dict[str, Any], params: GemmParams, factors: Factors) -> Iterator[Move]:
    preferences = target.find(factors.isa).preferences
    for vectors, nr in preferences.tiles if facts.get("tile") else ():
        caps = _caps(params, vectors, factors)
        changed = _aligned(replace(params, vectors=vectors, nr=nr, direct_caps=caps), factors)
        yield Move(f"tile={vectors}x{nr}", group, changed)
    for changes in preferences.together if facts.get("tile") else ():
        name = ",".join(f"{parameter}={value}" for parameter, value in changes.items())
        yield Move(name.replace(" ", ""), group, _aligned(replace(params, **changes), factors))
    choices = {name: {"values": values} for name, values in preferences.choices.get(group, {}).items()}
    for name, axis in (facts["parameters"] | choices).items():
        if name in preferences.unused:
            continue
        for value in _values(getattr(params, name), axis):
            yield Move(f"{name}={value}", group, _aligned(replace(params, **{name: value}), factors))


def _caps(params: GemmParams, vectors: int, factors: Factors) -> tuple[int, ...]:
    """DIRECT's, for as many vectors of rows as COMPUTE has: it takes packed panels."""
    widest = widest_caps(target.find(factors.isa), factors.vector_registers // params.group)
    return params.direct_caps + widest[len(params.direct_caps) : vectors]


def _values(value: Any, axis: dict[str, Any]) -> tuple[Any, ...]:
    if "values" in axis:
        return tuple(axis["values"])
    if "step" in axis:
        candidates = [value - axis["step"], value + axis["step"]]
    else:
        candidates = [round(value / axis["factor"]), round(value * axis["factor"])]
    return tuple(v for v in candidates if axis["low"] <= v <= axis["high"])


def _aligned(params: GemmParams, factors: Factors) -> GemmParams:
    """The same with MC and NC rounded to the tile that they are cut into."""
    mr = params.mr(lanes(factors, params.group))
    mc = max(round(params.mc / mr), 1) * mr
    nc = max(params.nc // params.nr, 1) * params.nr
    return replace(params, mc=mc, nc=nc)
