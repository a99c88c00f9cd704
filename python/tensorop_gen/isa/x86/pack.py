"""PACK for x86-64: a width x k block into one k-major panel.

Three ways, chosen by the strides: rows contiguous (copied in vectors), k contiguous (transposed in registers, four
rows by eight steps of k at a time), neither (element by element).

Registers: rdi rows · rsi k · rdx source · rcx panel · r8 row stride, r9 column stride (bytes)."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, PackKernel
from tensorop_gen.isa.program import Code, Insn, Mem, Program
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.isa import X86
from tensorop_gen.isa.x86.transpose import STEPS, transpose

_LINE = 64
_SAVED = ("rbx", "rbp", "r12", "r13", "r14", "r15")


@dataclass(frozen=True, slots=True)
class X86Pack:
    """The pack kernel of one vector width."""

    isa: X86
    kernel: PackKernel

    @property
    def _pitch(self) -> int:
        """Bytes from one step of k to the next in the panel."""
        return self.kernel.width * FLOAT

    @property
    def _vectors(self) -> int:
        return -(-self.kernel.width // self.isa.lanes)

    def program(self) -> Program:
        code = Code()
        code.emit(*(asm.push(r) for r in _SAVED))
        code.emit(
            asm.test("rsi"),
            asm.jump("je", "done"),
            asm.mov(Mem("rdx", 8, space="src"), "r8"),
            asm.mov(Mem("rdx", 16, space="src"), "r9"),
            asm.mov(Mem("rdx", 0, space="src"), "rdx"),
            asm.compare(1, "r8"),
            asm.jump("je", "copy"),
            asm.shift("shlq", 2, "r8"),
            asm.shift("shlq", 2, "r9"),
            asm.compare(self.kernel.width, "rdi"),
            asm.jump("je", "whole"),
        )
        self._clear(code)
        code.block("whole")
        code.emit(asm.compare(FLOAT, "r9"), asm.jump("jne", "elements"), asm.compare(STEPS, "rsi"))
        code.emit(asm.jump("jl", "elements"))
        transpose(code, self.kernel)
        self._elements(code)
        self._copy(code)
        code.block("done")
        code.emit(*(asm.pop(r) for r in reversed(_SAVED)))
        self.isa.leave(code)
        return code.program()

    # Rows contiguous

    def _copy(self, code: Code) -> None:
        """One step of k a pass; rows past the block's are loaded as zeros through masks and so clear the panel."""
        code.block("copy")
        code.emit(asm.shift("shlq", 2, "r9"), asm.compare(self.kernel.width, "rdi"), asm.jump("jne", "copy_edge"))
        self._copy_loop(code, "copy_loop", masked=False)
        code.block("copy_edge")
        for i in range(self._vectors):
            self._row_mask(code, i)
        self._copy_loop(code, "copy_edge_loop", masked=True)

    def _copy_loop(self, code: Code, label: str, masked: bool) -> None:
        code.block(label)
        for i in range(self._vectors):
            lanes = min(self.isa.lanes, self.kernel.width - i * self.isa.lanes)
            disp = i * self.isa.lanes * FLOAT
            source, dest = Mem("rdx", disp, space="src"), Mem("rcx", disp, space="panel")
            code.emit(*(self._move_masked(source, dest, lanes, i) if masked else _move(self.isa, source, dest, lanes)))
        if self.kernel.prefetch and not masked:
            behind = range(self._pitch, 2 * self._pitch, _LINE)
            code.emit(*(asm.prefetch(Mem("rdx", disp), level=2) for disp in behind))
        code.emit(
            asm.add("r9", "rdx"),
            asm.add(self._pitch, "rcx"),
            asm.sub(1, "rsi"),
            asm.jump("jne", label),
            asm.jump("jmp", "done"),
        )

    def _mask(self, i: int) -> str:
        """Register of the mask of the panel's vector i."""
        return f"k{1 + i}" if self.isa.bits == 512 else f"ymm{13 - i}"

    def _row_mask(self, code: Code, i: int) -> None:
        """Lanes of vector i that hold rows of the block: min(max(rows - i * lanes, 0), lanes) of them."""
        code.emit(
            op("xorl", "eax", "eax", kind="scalar", flags=True),
            asm.mov("rdi", "r10"),
            asm.sub(i * self.isa.lanes, "r10"),
            op("cmovlq", "rax", "r10", kind="scalar", update=True),
        )
        self.isa.set_mask(code, self._mask(i), "r10", "rax")

    def _move_masked(self, source: Mem, dest: Mem, lanes: int, i: int) -> list[Insn]:
        register, mask = self.isa.v(0), self._mask(i)
        if self.isa.bits == 512:
            load = op("vmovups", source, register, kind="load", mask=mask, zeroing=True)
        else:
            load = op("vmaskmovps", source, mask, register, kind="load")
        return [load, *_store_lanes(dest, lanes)]

    # k contiguous

    def _clear(self, code: Code) -> None:
        """Zeroes the whole panel, of which an edge block fills only some rows."""
        code.emit(
            asm.mov("rdi", "r10"),
            asm.mov("rcx", "r11"),
            op("imulq", self._pitch // FLOAT, "rsi", "rbx", kind="scalar", flags=True),
            asm.mov("rcx", "rdi"),
            op("xorl", "eax", "eax", kind="scalar", flags=True),
            asm.mov("rbx", "rcx"),
            Insn("rep stosl", (), "store", frozenset({"rax", "rcx", "rdi"}), frozenset({"mem:panel", "rcx", "rdi"})),
            asm.mov("r10", "rdi"),
            asm.mov("r11", "rcx"),
        )

    # Neither

    def _elements(self, code: Code) -> None:
        code.block("elements")
        code.emit(asm.mov("rdi", "r13"))
        code.block("element_steps_loop")
        code.emit(asm.mov("rdx", "rax"), asm.mov("rcx", "r10"), asm.mov("r13", "rdi"))
        code.block("element_rows_loop")
        code.emit(
            op("movl", Mem("rax", 0, space="src"), "r11d", kind="scalar"),
            op("movl", "r11d", Mem("r10", 0, space="panel"), kind="store"),
            asm.add("r8", "rax"),
            asm.add(FLOAT, "r10"),
            asm.sub(1, "rdi"),
            asm.jump("jne", "element_rows_loop"),
            asm.add("r9", "rdx"),
            asm.add(self._pitch, "rcx"),
            asm.sub(1, "rsi"),
            asm.jump("jne", "element_steps_loop"),
            asm.jump("jmp", "done"),
        )


# Floats moved at once, with which register and which instruction.
_PARTS = (
    (16, "zmm", "vmovups"),
    (8, "ymm", "vmovups"),
    (4, "xmm", "vmovups"),
    (2, "xmm", "vmovsd"),
    (1, "xmm", "vmovss"),
)


def _move(isa: X86, source: Mem, dest: Mem, lanes: int) -> list[Insn]:
    """Copies `lanes` floats in powers of two."""
    out: list[Insn] = []
    disp = 0
    for part, name, move in _PARTS:
        if part <= isa.lanes and lanes & part:
            register = f"{name}{len(out) % 8}"
            out.append(op(move, Mem(source.base, source.disp + disp, space="src"), register, kind="load"))
            out.append(op(move, register, Mem(dest.base, dest.disp + disp, space="panel"), kind="store"))
            disp += part * FLOAT
    return out


def _store_lanes(dest: Mem, lanes: int) -> list[Insn]:
    """Stores the first `lanes` floats of vector register 0 in powers of two, moving the rest down as it goes."""
    out: list[Insn] = []
    disp = 0
    for part, name, move in _PARTS:
        if lanes & part:
            out.append(op(move, f"{name}0", Mem(dest.base, dest.disp + disp, space="panel"), kind="store"))
            disp += part * FLOAT
            lanes -= part
            if lanes and part >= 4:
                extract, whole, half = {8: ("vextractf64x4", "zmm0", "ymm0"), 4: ("vextractf128", "ymm0", "xmm0")}[part]
                out.append(op(extract, 1, whole, half, kind="shuffle"))
            elif lanes:
                out.append(op("vmovhlps", "xmm0", "xmm0", "xmm0", kind="shuffle"))
    return out
