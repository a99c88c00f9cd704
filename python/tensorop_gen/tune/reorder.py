"""Actions that move instructions of a kernel's inner loop: one memory access, or all of a kind at once."""

from __future__ import annotations

from collections.abc import Iterator

from tensorop_gen.isa.motion import Permutation, all_moved
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Block, Program
from tensorop_gen.operators.operator import Loop
from tensorop_gen.tune.model import Action, Point

KINDS = ("load", "broadcast", "prefetch", "store")  # memory accesses: arithmetic moves where these make room
TOGETHER = (-16, -8, -4, -2, -1, 1, 2, 4, 8, 16)
SINGLE = (-8, -2, 2, 8)


def inner_loop(program: Program, loop: Loop) -> Block | None:
    """The k-loop of the kernel's largest tile."""
    size = len(loop.block)
    return next((b for b in program.blocks if b.label.startswith(loop.block) and b.label[size + 1 :] == "_loop"), None)


def reorderings(point: Point, role: Role, program: Program, loop: Loop) -> Iterator[Action]:
    """Every such action on the order that the point has."""
    block = inner_loop(program, loop)
    if block is None:
        return
    where = f"{role}:{block.label}"
    written: Permutation = tuple(range(len(block.insns)))
    order = dict(point.order).get(where, written)
    for label, which, distance in _choices(block):
        changed = all_moved(block.insns, order, which, distance)
        if changed != order:
            orders = dict(point.order) | {where: changed}
            kept = {place: found for place, found in orders.items() if place != where or found != written}
            step = f"{label} {distance:+d}"
            yield Action("reorder", f"{role}: {step}", f"order {role}", step, _at(point, kept))


def _at(point: Point, orders: dict[str, Permutation]) -> Point:
    return Point(point.params, tuple(sorted(orders.items())))


def _choices(block: Block) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """Which instructions move, under which name, and how far."""
    for kind in KINDS:
        members = tuple(i for i, insn in enumerate(block.insns) if insn.kind == kind)
        if not members:
            continue
        for distance in TOGETHER:
            yield f"every {kind}", members, distance
        for nth, member in enumerate(members if len(members) > 1 else ()):
            for distance in SINGLE:
                yield f"{kind} {nth}", (member,), distance
