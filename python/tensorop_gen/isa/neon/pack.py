"""PACK for AArch64: a width x k block into one k-major panel.

Three ways, chosen by the strides: rows contiguous (copied in vectors), k contiguous (transposed in registers, four rows
by four steps of k at a time), neither or fewer than four rows or steps (element by element). Where four does not divide
the rows or the steps, the last group overlaps the one before it.

Registers: x0 rows · x1 k · x2 source · x3 panel · x4 row stride, x5 column stride (bytes) · x6 bytes from the first
group of rows to the current one, x7 to the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, PackKernel
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.rows import parts
from tensorop_gen.isa.program import Code, Insn, Mem, Program

_LINE = 64
_GROUP = LANES * FLOAT  # bytes of four rows in the panel, of four steps in the source


@dataclass(frozen=True, slots=True)
class NeonPack:
    """The pack kernel of one panel width."""

    kernel: PackKernel

    @property
    def _pitch(self) -> int:
        """Bytes from one step of k to the next in the panel."""
        return self.kernel.width * FLOAT

    def program(self) -> Program:
        code = Code()
        code.emit(
            asm.jump_if_zero("x1", "done"),
            asm.load("x4", Mem("x2", 8, space="src")),
            asm.load("x5", Mem("x2", 16, space="src")),
            asm.load("x2", Mem("x2", 0, space="src")),
            asm.shift_left("x4", "x4", 2),
            asm.shift_left("x5", "x5", 2),
            asm.compare("x0", self.kernel.width),
            asm.jump_if("eq", "whole"),
        )
        self._clear(code)
        code.block("whole")
        if self.kernel.width >= LANES:
            self._vectors(code)
        self._elements(code)
        code.block("done")
        code.emit(asm.ret())
        return code.program()

    def _vectors(self, code: Code) -> None:
        """The ways that take four rows at a time; goes on behind them where neither fits."""
        code.emit(
            asm.compare("x0", LANES),
            asm.jump_if("lo", "elements"),
            asm.compare("x4", FLOAT),
            asm.jump_if("eq", "copy"),
            asm.compare("x5", FLOAT),
            asm.jump_if("ne", "elements"),
            asm.compare("x1", LANES),
            asm.jump_if("lo", "elements"),
        )
        self._groups(code, "transpose", self._transpose)
        code.block("copy")
        code.emit(asm.compare("x0", self.kernel.width), asm.jump_if("ne", "copy_edge"))
        self._copy_whole(code)
        code.block("copy_edge")
        self._groups(code, "edge", self._copy_group)

    def _clear(self, code: Code) -> None:
        """Zeroes the whole panel, of which an edge block fills only some rows."""
        code.emit(asm.zero(0), asm.mov("x9", "x3"), asm.mov("x10", "x1"))
        code.block("clear_loop")
        code.emit(
            *(asm.store(f"{p.size}0", Mem("x9", p.start * FLOAT, space="panel")) for p in parts(self.kernel.width)),
            asm.add("x9", "x9", self._pitch),
            asm.count_down("x10", 1),
            asm.jump_if("ne", "clear_loop"),
        )

    # Rows contiguous

    def _copy_whole(self, code: Code) -> None:
        """One step of k a pass; the rows behind the block are fetched where that is asked for."""
        loads = list(enumerate(parts(self.kernel.width)))
        behind = range(self._pitch // 8 * 8, 2 * self._pitch, _LINE) if self.kernel.prefetch else ()
        code.block("copy_loop")
        code.emit(
            *(asm.load(f"{p.size}{i}", Mem("x2", p.start * FLOAT, space="src")) for i, p in loads),
            *(asm.store(f"{p.size}{i}", Mem("x3", p.start * FLOAT, space="panel")) for i, p in loads),
            *(asm.prefetch(Mem("x2", disp), "pldl2keep") for disp in behind),
            asm.add("x2", "x2", "x5"),
            asm.add("x3", "x3", self._pitch),
            asm.count_down("x1", 1),
            asm.jump_if("ne", "copy_loop"),
            asm.jump("done"),
        )

    def _copy_group(self, code: Code) -> None:
        code.emit(asm.add("x10", "x2", "x6"), asm.add("x11", "x3", "x6"), asm.mov("x12", "x1"))
        code.block("edge_steps_loop")
        code.emit(
            asm.load("q0", Mem("x10", space="src")),
            asm.store("q0", Mem("x11", space="panel")),
            asm.add("x10", "x10", "x5"),
            asm.add("x11", "x11", self._pitch),
            asm.count_down("x12", 1),
            asm.jump_if("ne", "edge_steps_loop"),
        )

    @staticmethod
    def _groups(code: Code, name: str, group: Callable[[Code], None]) -> None:
        """Four rows after four; the last group begins four rows before the end."""
        code.emit(asm.mov("x6", 0), asm.shift_left("x7", "x0", 2), asm.sub("x7", "x7", _GROUP))
        code.block(f"{name}_rows_loop")
        group(code)
        code.emit(
            asm.compare("x6", "x7"),
            asm.jump_if("eq", "done"),
            asm.add("x6", "x6", _GROUP),
            asm.compare("x6", "x7"),
            asm.select("x6", "x6", "x7", "lo"),
            asm.jump(f"{name}_rows_loop"),
        )

    # k contiguous

    def _transpose(self, code: Code) -> None:
        """All steps of k of four rows. x9 where the steps go, x14 the current step and x15 the last four (bytes)."""
        code.emit(
            asm.scalar("lsr", "x10", "x6", 2),
            asm.scalar("madd", "x10", "x10", "x4", "x2"),  # the first of the four rows
            asm.add("x11", "x10", "x4"),
            asm.add("x12", "x11", "x4"),
            asm.add("x13", "x12", "x4"),
            asm.add("x9", "x3", "x6"),
            asm.mov("x14", 0),
            asm.shift_left("x15", "x1", 2),
            asm.sub("x15", "x15", _GROUP),
        )
        code.block("transpose_steps_loop")
        code.emit(*(asm.load(f"q{i}", Mem(f"x{10 + i}", 0, "x14", space="src")) for i in range(LANES)))
        code.emit(*_transpose_4x4())
        code.emit(*(asm.store(f"q{i}", Mem("x9", i * self._pitch, space="panel")) for i in range(LANES)))
        code.emit(
            asm.compare("x14", "x15"),
            asm.jump_if("eq", "transpose_end"),
            asm.add("x14", "x14", _GROUP),
            asm.add("x9", "x9", LANES * self._pitch),
            asm.compare("x14", "x15"),
            asm.jump_if("ls", "transpose_steps_loop"),
            # back to the last four steps
            asm.sub("x14", "x14", "x15"),
            asm.scalar("lsr", "x14", "x14", 2),
            asm.mov("x16", self._pitch),
            asm.scalar("msub", "x9", "x14", "x16", "x9"),
            asm.mov("x14", "x15"),
            asm.jump("transpose_steps_loop"),
        )
        code.block("transpose_end")

    # Neither

    def _elements(self, code: Code) -> None:
        code.block("elements")
        code.block("element_steps_loop")
        code.emit(asm.mov("x9", "x2"), asm.mov("x10", "x3"), asm.mov("x11", "x0"))
        code.block("element_rows_loop")
        code.emit(
            asm.load("s0", Mem("x9", space="src")),
            asm.store("s0", Mem("x10", space="panel"), FLOAT),
            asm.add("x9", "x9", "x4"),
            asm.count_down("x11", 1),
            asm.jump_if("ne", "element_rows_loop"),
            asm.add("x2", "x2", "x5"),
            asm.add("x3", "x3", self._pitch),
            asm.count_down("x1", 1),
            asm.jump_if("ne", "element_steps_loop"),
        )


def _transpose_4x4() -> list[Insn]:
    """v0-v3 (four rows of four steps) -> v0-v3 (four steps of four rows)."""
    pairs = (("trn1", 4, 0, 1), ("trn2", 5, 0, 1), ("trn1", 6, 2, 3), ("trn2", 7, 2, 3))
    quads = (("trn1", 0, 4, 6), ("trn1", 1, 5, 7), ("trn2", 2, 4, 6), ("trn2", 3, 5, 7))
    return [asm.op(m, f"v{d}.4s", f"v{a}.4s", f"v{b}.4s", kind="shuffle") for m, d, a, b in pairs] + [
        asm.op(m, f"v{d}.2d", f"v{a}.2d", f"v{b}.2d", kind="shuffle") for m, d, a, b in quads
    ]
