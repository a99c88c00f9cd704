"""The fixed order of phases in which every instruction set writes COMPUTE and DIRECT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from tensorop_gen.isa.kernel import Edge, Tile, TileKernel
from tensorop_gen.isa.program import Code, Program


class TileIsa(Protocol):
    """The phases an instruction set fills in."""

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        """Loads arguments, sets the row mask, leaves the counts of vectors and columns in registers."""

    def edges(self, kernel: TileKernel) -> tuple[Edge, ...]:
        """The ways to read the last vector that are worth having, most special first; the last one always fits."""

    def jump_unless(self, code: Code, edge: Edge, label: str) -> None:
        """Jumps if the rows do not fit this way."""

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        """Jumps if the count `what` ("vectors" or "columns") is below value."""

    def begin(self, code: Code, tile: Tile) -> None:
        """Sets the tile's pointers, zeroes its accumulators."""

    def k_hold_back(self, code: Code, steps: int, otherwise: str) -> None:
        """Keeps the last `steps` k-steps for a second pass; jumps, and keeps none, if there are no more than these."""

    def k_held(self, code: Code, tile: Tile, if_none: str, again: str) -> None:
        """Jumps if nothing is held back; else prefetches the tile's part of C, takes the held steps, jumps again."""

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        """One k-step, `offset` steps behind the pointers."""

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        """Moves the pointers on."""

    def k_subtract(self, code: Code, steps: int, if_below: str) -> None:
        """k -= steps; jumps if that went below zero."""

    def k_again(self, code: Code, steps: int, if_left: str) -> None:
        """k -= steps; jumps if it did not go below zero."""

    def k_restore(self, code: Code, steps: int, if_zero: str) -> None:
        """k += steps; jumps if nothing is left."""

    def k_next(self, code: Code, if_left: str) -> None:
        """k -= 1; jumps if any is left."""

    def jump(self, code: Code, label: str) -> None: ...

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        """C = alpha * accumulators + beta * C, column by column until the columns are used up; then jumps to done."""

    def epilogue(self, code: Code, kernel: TileKernel) -> None: ...


@runtime_checkable
class PipelinedIsa(TileIsa, Protocol):
    """One that writes loop passes as a whole: with kernel.ahead each step loads the operands of the next, so that a
    step is left for behind the loop; step and advance then serve the steps that no pass takes."""

    def enter(self, code: Code, tile: Tile) -> None:
        """Before the first pass."""

    def loop_pass(self, code: Code, tile: Tile) -> None:
        """`unroll` k-steps, pointers moved on."""

    def leave(self, code: Code, tile: Tile) -> None:
        """After the last pass."""


def tile_kernel(isa: TileIsa, kernel: TileKernel) -> Program:
    """A kernel with one k-loop for each tile size and one update of C for each number of vectors."""
    code = Code()
    isa.prologue(code, kernel)
    *special, general = isa.edges(kernel)
    for edge in special:
        isa.jump_unless(code, edge, f"not_{edge}")
        _tiles(isa, code, kernel, edge)
        code.block(f"not_{edge}")
    _tiles(isa, code, kernel, general)
    for v in range(1, len(kernel.caps) + 1):
        code.block(f"update{v}")
        isa.update(code, kernel, v, "done")
    code.block("done")
    isa.epilogue(code, kernel)
    return code.program()


def _tiles(isa: TileIsa, code: Code, kernel: TileKernel, edge: Edge) -> None:
    """Chooses the tile size and runs its k-loop."""

    def columns(v: int) -> None:
        def tile(n: int) -> None:
            _tile(isa, code, Tile(kernel, v, n, edge))

        _select(isa, code, "columns", 1, kernel.caps[v - 1], f"v{v}{edge[0]}_columns", tile)

    most = 1 if edge == "narrow" else len(kernel.caps)
    _select(isa, code, "vectors", 1, most, f"vectors_{edge}", columns)


def _select(isa: TileIsa, code: Code, what: str, low: int, high: int, prefix: str, leaf: Callable[[int], None]) -> None:
    """Binary decision on a count, so that a call takes few branches and no table of addresses is needed."""
    if low == high:
        leaf(low)
        return
    middle = (low + high + 1) // 2
    label = f"{prefix}_below{middle}"
    isa.jump_below(code, what, middle, label)
    _select(isa, code, what, middle, high, prefix, leaf)
    code.block(label)
    _select(isa, code, what, low, middle - 1, prefix, leaf)


def _tile(isa: TileIsa, code: Code, tile: Tile) -> None:
    """The k-loop. With prefetch_c it is gone through twice, so that C is fetched shortly before it is updated: fetched
    earlier, it would be evicted again by the panels."""
    isa.begin(code, tile)
    unroll, late = tile.kernel.unroll, tile.kernel.prefetch_c
    name = tile.label
    update = f"update{tile.vectors}"
    if late:
        isa.k_hold_back(code, late, f"{name}_steps")
        code.block(f"{name}_steps")
    end = f"{name}_end" if late else update
    pipelined = isa if isinstance(isa, PipelinedIsa) else None
    kept = unroll + (pipelined is not None and tile.kernel.ahead)
    isa.k_subtract(code, kept, f"{name}_few")
    if pipelined:
        pipelined.enter(code, tile)
    code.block(f"{name}_loop")
    if pipelined:
        pipelined.loop_pass(code, tile)
    else:
        for u in range(unroll):
            isa.step(code, tile, u)
        isa.advance(code, tile, unroll)
    isa.k_again(code, unroll, f"{name}_loop")
    if pipelined:
        pipelined.leave(code, tile)
    code.block(f"{name}_few")
    isa.k_restore(code, kept, end)
    code.block(f"{name}_few_loop")
    isa.step(code, tile, 0)
    isa.advance(code, tile, 1)
    isa.k_next(code, f"{name}_few_loop")
    if late:
        code.block(end)
        isa.k_held(code, tile, update, f"{name}_steps")
    else:
        isa.jump(code, update)
