"""Registers and vector primitives of one x86-64 vector width; the kernels' phases are mixed in from their modules."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op

ROW_MASK = "k1"  # AVX-512: lanes of the last vector that are rows


@dataclass(frozen=True, slots=True)
class X86:
    """x86-64 with FMA at 256 or 512 bits."""

    bits: int

    @property
    def name(self) -> str:
        return "avx512" if self.bits == 512 else "avx2"

    @property
    def lanes(self) -> int:
        return self.bits // 32

    @property
    def registers(self) -> int:
        return 32 if self.bits == 512 else 16

    @property
    def row_mask(self) -> str:
        """AVX2 keeps its row mask in the last vector register."""
        return ROW_MASK if self.bits == 512 else self.v(self.registers - 1)

    def v(self, number: int) -> str:
        return f"{'zmm' if self.bits == 512 else 'ymm'}{number}"

    def zero(self, dest: str) -> Insn:
        name = "vpxord" if self.bits == 512 else "vxorps"
        # No reads: the result does not depend on the old value, and processors know this idiom.
        return Insn(name, (dest, dest, dest), "vector", frozenset(), op(name, dest).writes)

    def load(self, source: Mem, dest: str, masked: bool = False) -> Insn:
        """Loads a vector; masked: only the lanes of the row mask are read, the others become zero."""
        if not masked:
            return op("vmovups", source, dest, kind="load")
        if self.bits == 512:
            return op("vmovups", source, dest, kind="load", mask=ROW_MASK, zeroing=True)
        return op("vmaskmovps", source, self.row_mask, dest, kind="load")

    def store(self, source: str, dest: Mem, masked: bool = False) -> Insn:
        if not masked:
            return op("vmovups", source, dest, kind="store")
        if self.bits == 512:
            return op("vmovups", source, dest, kind="store", mask=ROW_MASK)
        return op("vmaskmovps", source, self.row_mask, dest, kind="store")

    def broadcast(self, source: Mem, dest: str) -> Insn:
        return op("vbroadcastss", source, dest, kind="broadcast")

    def fma(self, a: str, b: str | Mem, acc: str) -> Insn:
        """acc += a * b."""
        return op("vfmadd231ps", b, a, acc, kind="fma", update=True)

    def set_row_mask(self, code: Code, rows: str, scratch: str) -> None:
        """Row mask for `rows` (1..lanes) rows; clobbers scratch and, with AVX2, vector register 14."""
        self.set_mask(code, self.row_mask, rows, scratch)

    def set_mask(self, code: Code, mask: str, rows: str, scratch: str) -> None:
        """Mask of the first min(rows, lanes) lanes; clobbers scratch and, with AVX2, vector register 14."""
        if self.bits == 512:
            code.emit(
                op("movl", 0xFFFF, _low(scratch), kind="scalar"),
                op("bzhil", _low(rows), _low(scratch), _low(scratch), kind="scalar", flags=True),
                op("kmovw", _low(scratch), mask, kind="vector"),
            )
            return
        # lane number < rows, with the lane numbers made from an immediate: no constant has to be loaded.
        number = mask.removeprefix("ymm")
        code.emit(
            op("movabsq", 0x0706050403020100, scratch, kind="scalar"),
            op("vmovq", scratch, "xmm14"),
            op("vpmovzxbd", "xmm14", "ymm14"),
            op("vmovd", _low(rows), f"xmm{number}"),
            op("vpbroadcastd", f"xmm{number}", mask),
            op("vpcmpgtd", "ymm14", mask, mask),
        )

    def leave(self, code: Code) -> None:
        code.emit(asm.plain("vzeroupper"), asm.ret())


def _low(register: str) -> str:
    """The 32-bit name of a 64-bit register."""
    return f"{register}d" if register[1:].isdigit() else f"e{register[1:]}"
