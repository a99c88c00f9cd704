"""What is GEMM's own in its tuning space: tiles, and what the instruction set prefers or has no use for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tensorop_gen.isa import target
from tensorop_gen.operators.gemm.params import GemmParams, lanes, widest_caps
from tensorop_gen.operators.params import Factors
from tensorop_gen.operators.space import Move, Space


class TileSpace(Space[GemmParams]):
    def axes(self, group: str, isa: str) -> dict[str, Any]:
        preferences = target.find(isa).preferences
        chosen = preferences.choices.get(group, {})
        more = {name: {"kind": "vectorization", "values": values} for name, values in chosen.items()}
        found = super().axes(group, isa) | more
        return {name: axis for name, axis in found.items() if name not in preferences.unused}

    def aligned(self, params: GemmParams, factors: Factors) -> GemmParams:
        return aligned(params, factors)

    def joint(self, group: str, params: GemmParams, factors: Factors) -> Iterator[Move[GemmParams]]:
        if not self.facts[group].get("tile"):
            return
        preferences = target.find(factors.isa).preferences
        for vectors, nr in preferences.tiles:
            changed = aligned(replace(params, vectors=vectors, nr=nr), factors)
            yield Move(f"tile={vectors}x{nr}", "tiling", "tile", f"={vectors}x{nr}", group, changed)
        for changes in preferences.together:
            name = ",".join(f"{parameter}={value}" for parameter, value in changes.items()).replace(" ", "")
            changed = aligned(replace(params, **changes), factors)
            yield Move(name, "vectorization", ",".join(changes), f"={name}", group, changed)


def aligned(params: GemmParams, factors: Factors) -> GemmParams:
    """The same with MC and NC rounded to the tile that they are cut into, and DIRECT able to take its panels."""
    mr = params.mr(lanes(factors, params.group))
    mc = max(round(params.mc / mr), 1) * mr
    nc = max(params.nc // params.nr, 1) * params.nr
    more = widest_caps(target.find(factors.isa), factors.vector_registers // params.group)
    caps = params.direct_caps + more[len(params.direct_caps) : params.vectors]
    return replace(params, mc=mc, nc=nc, direct_caps=caps)
