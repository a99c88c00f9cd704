"""PACK for RISC-V vectors: a width x k block into one k-major panel.

Rows contiguous: copied, a step of k at a time. Else row by row: a run of steps is read along k, with or without a
stride, and stored with the panel's pitch, so that each line of the source is read once, whatever its rows' distance.

Registers: a0 rows · a1 steps left · a2 source · a3 panel · a4 row stride, a5 column stride, a6 panel's pitch (bytes) ·
t1 the panel's width in floats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, PackKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rvv.vectors import Vectors

_AT_ONCE = 4  # steps copied, or rows transposed, side by side
_LEAST_LANES = 4  # of a register: RVV has at least 128 bits
_WIDTH = "t1"


@dataclass(frozen=True, slots=True)
class RvvPack:
    """The pack kernel; most_lanes: floats of a register that are used at most."""

    kernel: PackKernel
    most_lanes: int

    @property
    def _unit(self) -> Vectors:
        """Groups that hold a panel's width. Raises ValueError for a panel that no group holds."""
        kernel = self.kernel
        registers = kernel.vectors * kernel.group if kernel.vectors else -(-kernel.width // _LEAST_LANES)
        group = 1 << (registers - 1).bit_length()
        if group > 8:
            raise ValueError(f"a panel of {registers} registers is wider than a group can be")
        return Vectors(group)

    def program(self) -> Program:
        code = Code()
        code.emit(asm.branch("beqz", "a1", "done"))
        self._width(code)
        code.emit(
            asm.shift("a6", _WIDTH, 2),
            asm.load("ld", "a4", Mem("a2", loops.SRC_RS, space="src")),
            asm.load("ld", "a5", Mem("a2", loops.SRC_CS, space="src")),
            asm.load("ld", "a2", Mem("a2", loops.SRC_DATA, space="src")),
            asm.shift("a5", "a5", 2),
            asm.constant("t0", 1),
            asm.branch("bne", "a4", "t0", "rows"),
            asm.branch("bne", "a0", _WIDTH, "edge"),
        )
        self._copy(code)
        self._copy_edge(code)
        code.block("rows")
        code.emit(asm.shift("a4", "a4", 2), asm.constant("t0", FLOAT), asm.branch("bne", "a5", "t0", "across"))
        self._transpose(code, "along", strided=False)
        code.block("across")
        self._transpose(code, "across", strided=True)
        code.block("done")
        code.emit(asm.ret())
        return code.program()

    def _width(self, code: Code) -> None:
        kernel = self.kernel
        if not kernel.vectors:
            code.emit(asm.constant(_WIDTH, kernel.width))
            return
        code.emit(asm.constant(_WIDTH, self.most_lanes * kernel.group), Vectors(kernel.group).setvl(_WIDTH, _WIDTH))
        if kernel.vectors > 1:
            loops.times(code, _WIDTH, _WIDTH, kernel.vectors, "t0")

    def _copy(self, code: Code) -> None:
        unit, several = self._unit, range(_AT_ONCE)
        code.emit(unit.setvl("t0", _WIDTH))
        code.emit(asm.addi("a1", "a1", -_AT_ONCE), asm.branch("bltz", "a1", "copy_few"))
        code.block("copy_loop")
        for u in several:
            code.emit(unit.load(unit.v(u), "a2", "src"), asm.add("a2", "a2", "a5"))
        for u in several:
            code.emit(unit.store(unit.v(u), "a3", "panel"), asm.add("a3", "a3", "a6"))
        code.emit(asm.addi("a1", "a1", -_AT_ONCE), asm.branch("bgez", "a1", "copy_loop"))
        code.block("copy_few")
        code.emit(asm.addi("a1", "a1", _AT_ONCE), asm.branch("beqz", "a1", "done"))
        code.block("copy_few_loop")
        code.emit(unit.load(unit.v(0), "a2", "src"), unit.store(unit.v(0), "a3", "panel"))
        self._next_step(code, "copy_few_loop")

    def _copy_edge(self, code: Code) -> None:
        """Rows past the block's are zero: the register is cleared, and loads of fewer elements leave that (RVV 0.7.1
        clears them again)."""
        unit = self._unit
        code.block("edge")
        code.emit(unit.setvl("t0", _WIDTH), unit.zero(unit.v(0)))
        code.block("edge_loop")
        code.emit(unit.setvl("zero", "a0", "tu"), unit.load(unit.v(0), "a2", "src"))
        code.emit(unit.setvl("zero", _WIDTH), unit.store(unit.v(0), "a3", "panel"))
        self._next_step(code, "edge_loop")

    @staticmethod
    def _next_step(code: Code, again: str) -> None:
        code.emit(
            asm.add("a2", "a2", "a5"),
            asm.add("a3", "a3", "a6"),
            asm.addi("a1", "a1", -1),
            asm.branch("bnez", "a1", again),
            asm.jump("done"),
        )

    def _transpose(self, code: Code, name: str, strided: bool) -> None:
        """Runs of t0 steps; t2 row of the source, t3 where it goes, t4 rows left."""
        unit = Vectors(4)
        code.block(f"{name}_loop")
        code.emit(unit.setvl("t0", "a1"), asm.move("t2", "a2"), asm.move("t3", "a3"))
        code.emit(asm.addi("t4", "a0", -_AT_ONCE), asm.branch("bltz", "t4", f"{name}_few"))
        with _counted(code, f"{name}_rows_loop", _AT_ONCE):
            self._row(code, unit, _AT_ONCE, strided)
        code.block(f"{name}_few")
        code.emit(asm.addi("t4", "t4", _AT_ONCE), asm.branch("beqz", "t4", f"{name}_zero"))
        with _counted(code, f"{name}_row_loop", 1):
            self._row(code, unit, 1, strided)
        code.block(f"{name}_zero")
        code.emit(asm.op("sub", "t4", _WIDTH, "a0"), asm.branch("beqz", "t4", f"{name}_next"), unit.zero(unit.v(0)))
        with _counted(code, f"{name}_zero_loop", 1):
            code.emit(unit.store_strided(unit.v(0), "t3", "a6", "panel"), asm.addi("t3", "t3", FLOAT))
        code.block(f"{name}_next")
        code.emit(
            asm.op("sub", "a1", "a1", "t0"),
            asm.op("mul", "t2", "t0", "a5"),
            asm.op("mul", "t3", "t0", "a6"),
            asm.add("a2", "a2", "t2"),
            asm.add("a3", "a3", "t3"),
            asm.branch("bnez", "a1", f"{name}_loop"),
            asm.jump("done"),
        )

    @staticmethod
    def _row(code: Code, unit: Vectors, rows: int, strided: bool) -> None:
        for i in range(rows):
            v = unit.v(i)
            code.emit(unit.load_strided(v, "t2", "a5", "src") if strided else unit.load(v, "t2", "src"))
            code.emit(asm.add("t2", "t2", "a4"))
        for i in range(rows):
            code.emit(unit.store_strided(unit.v(i), "t3", "a6", "panel"), asm.addi("t3", "t3", FLOAT))


@contextmanager
def _counted(code: Code, label: str, at_once: int) -> Iterator[None]:
    """A loop while t4, which counts down by so many, stays at or above zero (by one: above)."""
    code.block(label)
    yield
    code.emit(asm.addi("t4", "t4", -at_once), asm.branch("bnez" if at_once == 1 else "bgez", "t4", label))
