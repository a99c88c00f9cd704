"""PACK's transposition for x86-64: rows whose k-steps are contiguous, eight steps at a time.

Registers as in pack.py; r11 is the step, r12 its place in the panel, r14 the last step at which eight are left.
In a group of eight rows rax and rbx go along the first and the fifth, r10 and rbp along those to be fetched, and r13 is
three row strides; in a group of up to four rdx, rbx, rbp, r10 hold the starts, r13 how far behind rows are fetched."""

from __future__ import annotations

from tensorop_gen.isa.kernel import FLOAT, PackKernel
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op

_ROWS, STEPS = 4, 8  # of one block
_WIDE = 8  # rows of a group whose steps fill a whole register


def transpose(code: Code, kernel: PackKernel) -> None:
    """Groups of eight rows, then of four; the last group repeats its last row and stores only the rows it has."""
    code.emit(asm.lea(Mem("rsi", -STEPS), "r14"))  # start of the last, overlapping block of steps
    if kernel.width >= _WIDE:
        _wide_groups(code, kernel)
    code.block("rows_loop")
    previous = "rdx"
    for row, name in enumerate(("rbx", "rbp", "r10"), 1):
        code.emit(
            asm.lea(Mem(previous, 0, "r8"), name),
            asm.compare(row, "rdi"),
            op("cmovleq", previous, name, kind="scalar", update=True),
        )
        previous = name
    for rows in (3, 2, 1):
        code.emit(asm.compare(rows, "rdi"), asm.jump("je", f"rows{rows}"))
    _groups(code, kernel, _ROWS)
    code.emit(
        asm.lea(Mem("rdx", 0, "r8", 4), "rdx"),
        asm.add(_ROWS * FLOAT, "rcx"),
        asm.sub(_ROWS, "rdi"),
        asm.jump("jne", "rows_loop"),
        asm.jump("jmp", "done"),
    )
    for rows in (3, 2, 1):
        code.block(f"rows{rows}")
        _groups(code, kernel, rows)
        code.emit(asm.jump("jmp", "done"))


def _wide_groups(code: Code, kernel: PackKernel) -> None:
    code.block("wide_rows_loop")
    code.emit(
        asm.compare(_WIDE, "rdi"),
        asm.jump("jl", "wide_rows_end"),
        asm.mov("rdx", "rax"),
        asm.lea(Mem("rdx", 0, "r8", 4), "rbx"),
        asm.lea(Mem("r8", 0, "r8", 2), "r13"),
        op("imulq", kernel.width, "r8", "r10", kind="scalar", flags=True),
        asm.lea(Mem("r10", 0, "rbx"), "rbp"),
        asm.add("rax", "r10"),
        asm.mov("rcx", "r12"),
        op("xorl", "r11d", "r11d", kind="scalar", flags=True),
    )
    _wide_steps(code, kernel)
    code.emit(
        asm.lea(Mem("rdx", 0, "r8", 8), "rdx"),
        asm.add(_WIDE * FLOAT, "rcx"),
        asm.sub(_WIDE, "rdi"),
        asm.jump("jne", "wide_rows_loop"),
        asm.jump("jmp", "done"),
    )
    code.block("wide_rows_end")


def _wide_steps(code: Code, kernel: PackKernel) -> None:
    """All steps of k of a group of eight rows; the last block overlaps the one before it."""
    pitch = kernel.width * FLOAT
    code.block("wide_steps_loop")
    for half in (0, 4):
        for i in range(4):
            low, high = (_row(base, i, half * FLOAT) for base in ("rax", "rbx"))
            code.emit(op("vmovups", low, f"xmm{i}", kind="load"))
            code.emit(op("vinsertf128", 1, high, f"ymm{i}", f"ymm{i}", kind="load"))
        code.emit(*_transpose_4x8())
        for step in range(4):
            code.emit(op("vmovups", f"ymm{8 + step}", Mem("r12", (half + step) * pitch, space="panel"), kind="store"))
    if kernel.prefetch:
        code.emit(*(asm.prefetch(_row(base, i, 0), level=2) for base in ("r10", "rbp") for i in range(4)))
    code.emit(
        *(asm.add(STEPS * FLOAT, pointer) for pointer in ("rax", "rbx", "r10", "rbp")),
        asm.add(STEPS * pitch, "r12"),
        asm.add(STEPS, "r11"),
        asm.compare("r14", "r11"),
        asm.jump("jle", "wide_steps_loop"),
        asm.compare("rsi", "r11"),
        asm.jump("je", "wide_steps_end"),
        # back to the last eight steps
        asm.mov("r14", "r15"),
        asm.sub("r11", "r15"),
        asm.lea(Mem("rax", 0, "r15", 4), "rax"),
        asm.lea(Mem("rbx", 0, "r15", 4), "rbx"),
        asm.mov("r14", "r11"),
        op("imulq", pitch, "r11", "r12", kind="scalar", flags=True),
        asm.add("rcx", "r12"),
        asm.jump("jmp", "wide_steps_loop"),
    )
    code.block("wide_steps_end")


def _row(base: str, i: int, disp: int) -> Mem:
    """Row i of the four from base on."""
    index, scale = ((None, 1), ("r8", 1), ("r8", 2), ("r13", 1))[i]
    return Mem(base, disp, index, scale, space="src")


def _groups(code: Code, kernel: PackKernel, rows: int) -> None:
    """All steps of k of one group of rows, eight at a time; the last block overlaps the one before it."""
    name = f"steps{rows}"
    pitch = kernel.width * FLOAT
    code.emit(
        op("xorl", "r11d", "r11d", kind="scalar", flags=True),  # step
        asm.mov("rcx", "r12"),  # where it goes
    )
    if kernel.prefetch:
        code.emit(op("imulq", kernel.width, "r8", "r13", kind="scalar", flags=True))
    code.block(f"{name}_loop")
    sources = [Mem(r, 0, "r11", 4, space="src") for r in ("rdx", "rbx", "rbp", "r10")]
    code.emit(*(op("vmovups", s, f"ymm{i}", kind="load") for i, s in enumerate(sources)))
    if kernel.prefetch:
        code.emit(*(asm.prefetch(Mem(r, 0, "r13"), level=2) for r in ("rdx", "rbx", "rbp", "r10")))
        code.emit(asm.add(STEPS * FLOAT, "r13"))
    code.emit(*_transpose_4x8())
    for step in range(STEPS):
        code.emit(*_store_rows(f"mm{8 + step % 4}", Mem("r12", step * pitch, space="panel"), step // 4, rows))
    code.emit(
        asm.add(STEPS * pitch, "r12"),
        asm.add(STEPS, "r11"),
        asm.compare("r14", "r11"),
        asm.jump("jle", f"{name}_loop"),
        asm.compare("rsi", "r11"),
        asm.jump("je", f"{name}_end"),
        # back to the last eight steps
        asm.mov("r14", "r11"),
        op("imulq", pitch, "r11", "r12", kind="scalar", flags=True),
        asm.add("rcx", "r12"),
        asm.jump("jmp", f"{name}_loop"),
    )
    code.block(f"{name}_end")


def _transpose_4x8() -> list[Insn]:
    """Transposes each half of ymm0-3 by itself, into ymm8-11: of four rows of eight steps, register 8 + s gets the rows
    of step s in its low half and those of step s + 4 in its high half."""
    pairs = (("vunpcklps", 0, 1, 4), ("vunpckhps", 0, 1, 5), ("vunpcklps", 2, 3, 6), ("vunpckhps", 2, 3, 7))
    quads = (("vunpcklpd", 4, 6, 8), ("vunpckhpd", 4, 6, 9), ("vunpcklpd", 5, 7, 10), ("vunpckhpd", 5, 7, 11))
    return [op(name, f"ymm{b}", f"ymm{a}", f"ymm{d}", kind="shuffle") for name, a, b, d in pairs + quads]


def _store_rows(register: str, dest: Mem, half: int, rows: int) -> list[Insn]:
    """Stores the first `rows` floats of one half of a ymm register (its name without the first letter)."""
    out = []
    source = f"x{register}"
    if rows == 4 and half:
        return [op("vextractf128", 1, f"y{register}", dest, kind="store")]
    if half:
        source = "xmm12"
        out.append(op("vextractf128", 1, f"y{register}", source, kind="shuffle"))
    if rows == 4:
        out.append(op("vmovups", source, dest, kind="store"))
    if rows in (2, 3):
        out.append(op("vmovlps", source, dest, kind="store"))
    if rows in (1, 3):
        lane = rows - 1
        out.append(
            op("vextractps", lane, source, Mem(dest.base, dest.disp + lane * FLOAT, space="panel"), kind="store")
        )
    return out
