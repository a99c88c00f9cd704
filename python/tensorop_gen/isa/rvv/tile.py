"""COMPUTE and DIRECT for RISC-V vectors: the phases of isa/driver.py.

Registers as in isa/rv64/loops.py, pointers as in pointers.py. Accumulator (vector i, column j) of a tile of v vectors
is group j * v + i, A's vectors follow. vl is set once a tile (rows.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile, TileKernel
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.asm import FLOAT_TEMPORARY as F
from tensorop_gen.isa.rv64.loops import COLUMNS, ROWS, SCRATCH, Loops
from tensorop_gen.isa.rvv.pointers import pointers, saved
from tensorop_gen.isa.rvv.rows import set_rows
from tensorop_gen.isa.rvv.update import MOST_VECTORS, update
from tensorop_gen.isa.rvv.vectors import Vectors

_SPLATS = 4  # most registers for spread elements of B


@dataclass(frozen=True, slots=True)
class RvvTile(Loops):
    """The phases; most_lanes: floats of a register that are used at most."""

    most_lanes: int

    # Registers of a tile

    @staticmethod
    def _acc(tile: Tile, i: int, j: int) -> str:
        return _unit(tile).v(j * tile.vectors + i)

    @staticmethod
    def _buffers(tile: Tile) -> int:
        """Sets of registers for A: two, taking turns, if loads run ahead and registers suffice."""
        kernel = tile.kernel
        fit = tile.vectors * (tile.columns + 2) + kernel.splat <= _unit(tile).count
        return 2 if kernel.ahead and kernel.unroll % 2 == 0 and fit else 1

    def _a(self, tile: Tile, i: int, step: int) -> str:
        buffer = step % self._buffers(tile)
        return _unit(tile).v(tile.vectors * (tile.columns + buffer) + i)

    def _splats(self, tile: Tile) -> list[str]:
        first = tile.vectors * (tile.columns + self._buffers(tile))
        return [_unit(tile).v(r) for r in range(first, min(_unit(tile).count, first + _SPLATS))]

    # Choosing the tile

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        _check(kernel)
        code.emit(*asm.save(saved(kernel)))
        code.emit(
            asm.shift("a4", "a4", 2),
            asm.load("ld", ROWS, Mem("a5", loops.TILE_M, space="tile")),
            asm.load("ld", COLUMNS, Mem("a5", loops.TILE_N, space="tile")),
        )
        if len(kernel.caps) > 1:
            self._lanes(code, kernel, SCRATCH)

    def _lanes(self, code: Code, kernel: TileKernel, dest: str) -> None:
        """dest = floats of a vector."""
        unit = Vectors(kernel.group)
        code.emit(asm.constant(dest, self.most_lanes * kernel.group), unit.setvl(dest, dest))

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        """vectors below value: rows <= (value - 1) * lanes."""
        if what == "columns":
            self.jump_columns_below(code, value, label)
            return
        limit = SCRATCH
        if value > 2:
            limit = "t3"
            loops.times(code, limit, SCRATCH, value - 1, limit)
        code.emit(asm.branch("bge", limit, ROWS, label))

    # The k-loop

    def begin(self, code: Code, tile: Tile) -> None:
        kernel, p = tile.kernel, pointers(tile)
        if kernel.role == "compute":
            self._lanes(code, kernel, p.a_step)
            loops.times(code, p.a_step, p.a_step, len(kernel.caps) * FLOAT, SCRATCH)
        else:
            loops.source(code, "a1", p.a_step, loops.SRC_CS)
            stride = SCRATCH if kernel.role == "direct_n" else p.b_step
            loops.source(code, "a2", stride, loops.SRC_CS if kernel.role == "direct_n" else loops.SRC_RS)
            if kernel.role == "direct_n":
                code.emit(*asm.spaced(p.b, SCRATCH))
        set_rows(code, kernel.group, tile.vectors, p.a[0])
        code.emit(*(_unit(tile).zero(self._acc(tile, i, j)) for j in range(tile.columns) for i in range(tile.vectors)))

    def enter(self, code: Code, tile: Tile) -> None:
        """Before the first loop pass: loads the first step if loads run ahead, sets the pointers of the other steps."""
        p, ahead = pointers(tile), tile.kernel.ahead
        if ahead:
            code.emit(*(self._load_a(tile, i, p.a[0][i], 0) for i in range(tile.vectors)))
            code.emit(*(self._load_b(tile, j, 0, 0) for j in range(tile.columns)))
            self._move(code, tile, p.a[0], p.b[0], back=False)
        if p.grouped:
            for pointer in zip(*p.a, strict=True):
                code.emit(*asm.spaced(pointer, p.a_step))
            loops.times(code, p.a_pass, p.a_step, tile.kernel.unroll, SCRATCH)
            if p.b_step:
                code.emit(*asm.spaced(p.b, p.b_step))
                loops.times(code, p.b_pass, p.b_step, tile.kernel.unroll, SCRATCH)

    def leave(self, code: Code, tile: Tile) -> None:
        """After the last loop pass: what was loaded ahead will be loaded again."""
        p = pointers(tile)
        if tile.kernel.ahead:
            self._move(code, tile, p.a[0], p.b[0], back=True)

    def _move(self, code: Code, tile: Tile, a: tuple[str, ...], b: str, back: bool) -> None:
        """Moves the pointers of one step on by one step, or back."""
        p, name = pointers(tile), "sub" if back else "add"
        code.emit(*(asm.op(name, x, x, p.a_step) for x in a))
        if p.b_step:
            code.emit(asm.op(name, b, b, p.b_step))

    def _load_a(self, tile: Tile, i: int, pointer: str, step: int) -> Insn:
        return _unit(tile).load(self._a(tile, i, step), pointer, "a")

    @staticmethod
    def _load_b(tile: Tile, j: int, step: int, pointer: int) -> Insn:
        """B's element of column j, `step` steps from where the pointers are; pointer: whose, if each step has one."""
        p, role = pointers(tile), tile.kernel.role
        base = {"compute": 0, "direct_n": j, "direct_t": pointer}[role]
        return asm.load("flw", F[j], Mem(p.b[base], loops.b_bytes(tile.kernel, j, step), space="b"))

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        """Of those that no loop pass takes: with the pointers of a pass's first step."""
        self._step(code, tile, offset, 0)
        p = pointers(tile)
        self._move(code, tile, p.a[0], p.b[0], back=False)

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        if tile.kernel.role != "direct_t":
            code.emit(*(asm.addi(x, x, loops.b_bytes(tile.kernel, 0, steps)) for x in pointers(tile).b))

    def loop_pass(self, code: Code, tile: Tile) -> None:
        p, unroll = pointers(tile), tile.kernel.unroll
        step = self._step_ahead if tile.kernel.ahead else self._step
        for u in range(unroll):
            step(code, tile, u, u if p.grouped else 0)
            if not p.grouped:
                self._move(code, tile, p.a[0], p.b[0], back=False)
        if p.grouped:
            code.emit(*(asm.add(x, x, p.a_pass) for row in p.a for x in row))
            code.emit(*(asm.add(x, x, p.b_pass) for x in p.b if p.b_pass))
        self.advance(code, tile, unroll)

    def _step(self, code: Code, tile: Tile, offset: int, own: int) -> None:
        """own: whose step's pointers are used."""
        p = pointers(tile)
        code.emit(*(self._load_a(tile, i, p.a[own][i], 0) for i in range(tile.vectors)))
        code.emit(*(self._load_b(tile, j, offset, own) for j in range(tile.columns)))
        self._products(code, tile, 0, lambda _: ())

    def _step_ahead(self, code: Code, tile: Tile, offset: int, own: int) -> None:
        """The products of one step, the next step's operands loaded among them: an element of B behind the products
        that used its register, a vector of A early if it has registers of its own."""
        p, last = pointers(tile), tile.columns - 1
        early = self._buffers(tile) == 2

        def after(j: int) -> Iterator[Insn]:
            yield self._load_b(tile, j, offset + 1, own)
            for i in range(tile.vectors):
                if j == (min(i + 1, last) if early else last):
                    yield self._load_a(tile, i, p.a[own][i], offset + 1)

        self._products(code, tile, offset, after)

    def _products(self, code: Code, tile: Tile, step: int, after: Callable[[int], Iterable[Insn]]) -> None:
        """Column by column, each followed by what `after` gives for it."""
        unit, splats = _unit(tile), self._splats(tile) if tile.kernel.splat else []
        ahead = len(splats)
        code.emit(*(unit.splat(splats[j], F[j]) for j in range(min(ahead, tile.columns))))
        for j in range(tile.columns):
            factor = splats[j % ahead] if splats else F[j]
            vectors = range(tile.vectors)
            code.emit(*(unit.fused(self._acc(tile, i, j), factor, self._a(tile, i, step)) for i in vectors))
            if splats and j + ahead < tile.columns:
                code.emit(unit.splat(factor, F[j + ahead]))
            code.emit(*after(j))

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        update(code, kernel, vectors, done)

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.restore(saved(kernel)), asm.ret())


def _unit(tile: Tile) -> Vectors:
    return Vectors(tile.kernel.group)


def _check(kernel: TileKernel) -> None:
    """Raises ValueError for a kernel that the registers or the reach of addresses do not allow."""
    count = Vectors(kernel.group).count
    for vectors, columns in enumerate(kernel.caps, 1):
        used = vectors * (columns + 1) + kernel.splat
        if columns > len(F) or vectors > MOST_VECTORS or used > count:
            raise ValueError(f"{kernel.role}: {vectors} vectors x {columns} do not fit {count} groups of registers")
        if loops.b_bytes(kernel, columns - 1, kernel.unroll) > loops.REACH:
            raise ValueError(f"{kernel.role}: {kernel.unroll} steps of B are farther than an address reaches")
