"""Which instructions a call of a kernel runs through, found from its blocks (isa/driver.py names them)."""

from __future__ import annotations

import functools
from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tensorop_gen.isa.program import Block, Label, Program
from tensorop_gen.measure.cost.same import Same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorop_gen.isa.kernel import Tile
    from tensorop_gen.isa.program import Insn

DONE = "done"


@dataclass(frozen=True, slots=True)
class Section:
    """One run through the k-loop: passes of the loop, then single k-steps."""

    passes: int
    singles: int


def sections(tile: Tile, k: int, pipelined: bool) -> tuple[Section, ...]:
    """How a tile's k-steps are gone through. pipelined: the instruction set writes whole loop passes."""
    late = tile.kernel.prefetch_c
    parts = (k - late, late) if late and k > late else (k,)
    return tuple(_section(tile, part, pipelined) for part in parts)


def _section(tile: Tile, k: int, pipelined: bool) -> Section:
    unroll = tile.kernel.unroll
    kept = unroll + (pipelined and tile.kernel.ahead)  # a step is left for behind a loop that loads ahead
    passes = (k - kept) // unroll + 1 if k >= kept else 0
    return Section(passes, k - passes * unroll)


def tile_labels(program: Program, tile: Tile, runs: Iterable[Section], edge_rows: bool, add: bool) -> tuple[str, ...]:
    """The blocks that a call for this tile runs through. edge_rows: the last vector of C is not whole; add: C is
    read."""
    names = {block.label for block in program.blocks}
    loop, few, single, end = (f"{tile.label}_{what}" for what in ("loop", "few", "few_loop", "end"))
    again = f"{tile.label}_steps"
    path: list[str] = []
    for run in runs:
        first = loop if run.passes else few
        path += (again,) if path else way(program, program.blocks[0].label, again if again in names else first)
        path += () if path[-1] == first else way(program, path[-1], first)[1:]
        path += [loop] * (run.passes - 1) + ([few] if run.passes else []) + [single] * run.singles
        path += [end] if end in names else []
    path += _update_labels(names, tile, edge_rows, add)
    return (*path, DONE)


def _update_labels(names: set[str], tile: Tile, edge_rows: bool, add: bool) -> list[str]:
    """The update has ways of its own for rows at the edge and for C that is not read."""
    path = [f"update{tile.vectors}"]
    special = f"{path[0]}_{'narrow' if tile.edge == 'narrow' else 'edge'}"
    if special in names and (edge_rows or tile.edge == "narrow"):
        path.append(special)
    return path if add else [*path, f"{path[-1]}_set"]


def way(program: Program, start: str, goal: str) -> tuple[str, ...]:
    """The fewest blocks from one to another, both among them. Raises ValueError if there is no way."""
    successors = _successors(Same(program))
    known, waiting = {start: start}, deque([start])
    while waiting and goal not in known:
        here = waiting.popleft()
        for label in successors[here]:
            if label not in known:
                known[label] = here
                waiting.append(label)
    if goal not in known:
        raise ValueError(f"no way leads from block {start!r} to {goal!r}")
    path = [goal]
    while path[-1] != start:
        path.append(known[path[-1]])
    return tuple(reversed(path))


@functools.lru_cache(maxsize=64)
def _successors(key: Same[Program]) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    program = key.value
    for block, following in zip(program.blocks, (*program.blocks[1:], None), strict=True):
        last = block.insns[-1] if block.insns else None
        stops = last is not None and (last.kind == "ret" or (last.kind == "branch" and not last.reads))
        targets = [t for t in (_target(insn) for insn in block.insns) if t]
        out[block.label] = tuple(dict.fromkeys(targets + ([following.label] if following and not stops else [])))
    return out


def follow(program: Program, labels: tuple[str, ...], exit_number: int = 1) -> tuple[Insn, ...]:
    """The instructions of these blocks one after the other, each left by its first jump to the next one, or at its end.
    exit_number: which of the jumps to DONE is taken (an update has one a column)."""
    blocks = {block.label: block for block in program.blocks}
    out: list[Insn] = []
    for here, there in pairwise(labels):
        out += _until(blocks[here], there, exit_number if there == DONE else 1)
    return (*out, *blocks[labels[-1]].insns)


def _until(block: Block, label: str, number: int) -> tuple[Insn, ...]:
    jumps = [i for i, insn in enumerate(block.insns) if _target(insn) == label]
    return block.insns[: jumps[number - 1] + 1] if len(jumps) >= number else block.insns


def _target(insn: Insn) -> str | None:
    return next((o.name for o in insn.operands if isinstance(o, Label)), None) if insn.kind == "branch" else None


def shortened(runs: Iterable[Section], most: int) -> tuple[Section, ...]:
    """The same with at most so many passes of each loop."""
    return tuple(replace(run, passes=min(run.passes, most)) for run in runs)
