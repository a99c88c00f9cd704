"""Moving single instructions within their block, as far as the dependences allow."""

from __future__ import annotations

from collections.abc import Sequence

from tensorop_gen.isa.order import depends
from tensorop_gen.isa.program import Insn

Permutation = tuple[int, ...]


def moved(insns: Sequence[Insn], order: Permutation, insn: int, distance: int) -> Permutation:
    """The order with one instruction `distance` places later (earlier, if negative), or as far as it may go.

    order[i]: the instruction of the block as written that stands in place i, which is legal; insn: one of these."""
    places = list(order)
    at, step = places.index(insn), 1 if distance > 0 else -1
    for _ in range(abs(distance)):
        beside = at + step
        if not 0 <= beside < len(places):
            break
        first, second = sorted((at, beside))
        if depends(insns[places[first]], insns[places[second]]):
            break
        places[at], places[beside] = places[beside], places[at]
        at = beside
    return tuple(places)


def all_moved(insns: Sequence[Insn], order: Permutation, which: Sequence[int], distance: int) -> Permutation:
    """The same for several instructions, those in the way of the others first."""
    places = {insn: place for place, insn in enumerate(order)}
    for insn in sorted(which, key=lambda insn: places[insn], reverse=distance > 0):
        order = moved(insns, order, insn, distance)
    return order
