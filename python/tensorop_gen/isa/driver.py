"""The fixed order of phases in which every instruction set writes COMPUTE and DIRECT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tensorop_gen.isa.kernel import Tile, TileKernel
from tensorop_gen.isa.program import Code, Program


class TileIsa(Protocol):
    """The phases an instruction set fills in."""

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        """Loads arguments, sets the row mask, leaves the counts of vectors and columns in registers."""

    @property
    def masking_costs(self) -> bool:
        """Whether a masked load is worth avoiding where rows fill the last vector."""

    def jump_edge(self, code: Code, label: str) -> None:
        """Jumps if the rows do not fill the last vector."""

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        """Jumps if the count `what` ("vectors" or "columns") is below value."""

    def begin(self, code: Code, tile: Tile) -> None:
        """Sets the tile's pointers, prefetches its part of C, zeroes its accumulators."""

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


def tile_kernel(isa: TileIsa, kernel: TileKernel) -> Program:
    """A kernel with one k-loop for each tile size and one update of C for each number of vectors."""
    code = Code()
    isa.prologue(code, kernel)
    if kernel.role == "compute":
        _tiles(isa, code, kernel, masked=False)
    else:
        if isa.masking_costs:
            isa.jump_edge(code, "edge")
            _tiles(isa, code, kernel, masked=False)
            code.block("edge")
        _tiles(isa, code, kernel, masked=True)
    for v in range(1, len(kernel.caps) + 1):
        code.block(f"update{v}")
        isa.update(code, kernel, v, "done")
    code.block("done")
    isa.epilogue(code, kernel)
    return code.program()


def _tiles(isa: TileIsa, code: Code, kernel: TileKernel, masked: bool) -> None:
    """Chooses the tile size and runs its k-loop."""
    mark = "m" if masked else ""

    def columns(v: int) -> None:
        def tile(n: int) -> None:
            _tile(isa, code, Tile(kernel, v, n, masked))

        _select(isa, code, "columns", 1, kernel.caps[v - 1], f"v{v}{mark}_columns", tile)

    _select(isa, code, "vectors", 1, len(kernel.caps), f"vectors{mark}", columns)


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
    isa.begin(code, tile)
    unroll = tile.kernel.unroll
    name = tile.label
    isa.k_subtract(code, unroll, f"{name}_few")
    code.block(f"{name}_loop")
    for u in range(unroll):
        isa.step(code, tile, u)
    isa.advance(code, tile, unroll)
    isa.k_again(code, unroll, f"{name}_loop")
    code.block(f"{name}_few")
    isa.k_restore(code, unroll, f"update{tile.vectors}")
    code.block(f"{name}_few_loop")
    isa.step(code, tile, 0)
    isa.advance(code, tile, 1)
    isa.k_next(code, f"{name}_few_loop")
    isa.jump(code, f"update{tile.vectors}")
