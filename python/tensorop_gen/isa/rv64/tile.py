"""COMPUTE and DIRECT for RISC-V without vectors: the phases of isa/driver.py, a vector being one row.

Registers as in loops.py; DIRECT_N's columns of B have a pointer each. Accumulator (row i, column j) of a tile of v rows
is float register j * v + i, A's rows follow, then elements of B."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile, TileKernel
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.loops import COLUMNS, POOL, ROWS, SCRATCH, Loops

FLOATS = asm.FLOAT_TEMPORARY + asm.FLOAT_SAVED
_ELEMENTS = 4  # most registers for elements of B
_A_STEP, _B_STEP, *_POINTERS = POOL


def needs(rows: int, columns: int) -> int:
    """Float registers of a tile: the sums, A's rows (then those of C), two elements of B (then alpha and beta)."""
    return rows * columns + rows + 2


@dataclass(frozen=True, slots=True)
class Rv64Tile(Loops):
    """The phases."""

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        _check(kernel)
        code.emit(*asm.save(_saved(kernel)))
        code.emit(
            asm.shift("a4", "a4", 2),
            asm.load("ld", ROWS, Mem("a5", loops.TILE_M, space="tile")),
            asm.load("ld", COLUMNS, Mem("a5", loops.TILE_N, space="tile")),
        )

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        count = {"vectors": ROWS, "columns": COLUMNS}[what]
        code.emit(asm.constant("t3", value), asm.branch("blt", count, "t3", label))

    def begin(self, code: Code, tile: Tile) -> None:
        role = tile.kernel.role
        if role != "compute":
            loops.source(code, "a1", _A_STEP, loops.SRC_CS)
            loops.source(code, "a2", _B_STEP, loops.SRC_CS if role == "direct_n" else loops.SRC_RS)
            code.emit(*asm.spaced(_b_pointers(tile), _B_STEP))
        for register in FLOATS[: tile.vectors * tile.columns]:
            code.emit(asm.op("fmv.w.x", register, asm.ZERO))

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        kernel, rows = tile.kernel, range(tile.vectors)
        packed = kernel.role == "compute"
        first = tile.vectors * tile.columns
        a = FLOATS[first : first + tile.vectors]
        row = offset * kernel.mr * FLOAT if packed else 0
        code.emit(*(asm.load("flw", a[i], Mem("a1", row + i * FLOAT, space="a")) for i in rows))
        b = FLOATS[first + tile.vectors :][:_ELEMENTS]
        code.emit(*(self._load_b(tile, j, offset, b[j]) for j in range(min(len(b), tile.columns))))
        for j in range(tile.columns):
            element = b[j % len(b)]
            for i in rows:
                acc = FLOATS[j * tile.vectors + i]
                code.emit(asm.fused(acc, a[i], element, acc))
            if j + len(b) < tile.columns:
                code.emit(self._load_b(tile, j + len(b), offset, element))
        if not packed:
            code.emit(asm.add("a1", "a1", _A_STEP))
        if kernel.role == "direct_t":
            code.emit(asm.add("a2", "a2", _B_STEP))

    @staticmethod
    def _load_b(tile: Tile, j: int, offset: int, register: str) -> Insn:
        base = _b_pointers(tile)[j] if tile.kernel.role == "direct_n" else "a2"
        return asm.load("flw", register, Mem(base, loops.b_bytes(tile.kernel, j, offset), space="b"))

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        kernel = tile.kernel
        if kernel.role == "compute":
            code.emit(asm.addi("a1", "a1", steps * kernel.mr * FLOAT))
        if kernel.role != "direct_t":
            code.emit(*(asm.addi(x, x, loops.b_bytes(kernel, 0, steps)) for x in _b_pointers(tile)))

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        left, name = COLUMNS, f"update{vectors}_set"
        first = vectors * kernel.caps[vectors - 1]
        old, (alpha, beta) = FLOATS[first : first + vectors], FLOATS[first + vectors :][:2]
        code.emit(
            asm.load("ld", left, Mem("a5", loops.TILE_N, space="tile")),
            asm.load("flw", alpha, Mem("a5", loops.TILE_ALPHA, space="tile")),
            asm.load("flw", beta, Mem("a5", loops.TILE_BETA, space="tile")),
            asm.load("lw", SCRATCH, Mem("a5", loops.TILE_BETA, space="tile")),
            asm.shift(SCRATCH, SCRATCH, 33),  # beta's sign does not matter
            asm.branch("beqz", SCRATCH, name),
        )
        rows = range(vectors)
        for add in (True, False):
            for j in range(kernel.caps[vectors - 1]):
                acc = FLOATS[j * vectors : (j + 1) * vectors]
                c = [Mem("a3", i * FLOAT, space="c") for i in rows]
                code.emit(*(asm.load("flw", old[i], c[i]) for i in rows if add))
                code.emit(*(asm.op("fmul.s", acc[i], acc[i], alpha, kind="fma") for i in rows))
                code.emit(*(asm.fused(acc[i], beta, old[i], acc[i]) for i in rows if add))
                code.emit(*(asm.store("fsw", acc[i], c[i]) for i in rows))
                code.emit(asm.addi(left, left, -1), asm.branch("beqz", left, done), asm.add("a3", "a3", "a4"))
            if add:
                code.block(name)

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.restore(_saved(kernel)), asm.ret())


def _b_pointers(tile: Tile) -> tuple[str, ...]:
    return ("a2", *_POINTERS[: tile.columns - 1]) if tile.kernel.role == "direct_n" else ("a2",)


def _saved(kernel: TileKernel) -> tuple[str, ...]:
    """Registers that the kernel must preserve."""
    sizes = list(enumerate(kernel.caps, 1))
    floats = max(rows * columns + rows + min(columns, _ELEMENTS) for rows, columns in sizes)
    floats = max(floats, *(needs(rows, columns) for rows, columns in sizes))
    pointers = _POINTERS[: max(kernel.caps) - 1] if kernel.role == "direct_n" else []
    return tuple(r for r in (*pointers, *FLOATS[:floats]) if r in (*asm.SAVED, *asm.FLOAT_SAVED))


def _check(kernel: TileKernel) -> None:
    """Raises ValueError for a kernel that the registers or the reach of addresses do not allow."""
    for rows, columns in enumerate(kernel.caps, 1):
        if needs(rows, columns) > len(FLOATS):
            raise ValueError(f"{kernel.role}: {rows} rows x {columns} do not fit {len(FLOATS)} registers")
    farthest = max(kernel.mr, kernel.nr) * kernel.unroll * FLOAT
    if farthest > loops.REACH:
        raise ValueError(f"{kernel.role}: {kernel.unroll} steps are farther than an address reaches")
