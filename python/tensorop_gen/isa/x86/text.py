"""Prints a program as GNU assembly (AT&T syntax) that GNU as and clang both take."""

from __future__ import annotations

from tensorop_gen.isa import elf
from tensorop_gen.isa.program import Insn, Label, Mem, Operand, Program

# Marks the object as safe for indirect-branch tracking and shadow stacks; see the x86-64 psABI, "Program Property".
_PROPERTY_NOTE = elf.property_note(0xC0000002)


def _operand(operand: Operand, symbol: str) -> str:
    if isinstance(operand, Label):
        return elf.local(symbol, operand)
    if isinstance(operand, int):
        return f"${operand}"
    if isinstance(operand, str):
        return f"%{operand}"
    return _address(operand)


def _address(mem: Mem) -> str:
    index = f",%{mem.index},{mem.scale}" if mem.index else ""
    base = f"%{mem.base}" if mem.base else ""
    return f"{mem.disp or ''}({base}{index})"


def _lanes(insn: Insn) -> int:
    widths = {"x": 4, "y": 8, "z": 16}
    return max(widths[o[0]] for o in insn.operands if isinstance(o, str) and o[1:3] == "mm")


def _line(insn: Insn, symbol: str) -> str:
    texts = [_operand(o, symbol) for o in insn.operands]
    for i, operand in enumerate(insn.operands):
        if isinstance(operand, Mem) and operand.broadcast:
            texts[i] += f"{{1to{_lanes(insn)}}}"
    if insn.mask:
        texts[-1] += f"{{%{insn.mask}}}" + ("{z}" if insn.zeroing else "")
    return f"\t{insn.mnemonic}\t{', '.join(texts)}".rstrip()


def shown(insn: Insn) -> str:
    """One instruction, for a message."""
    return " ".join(_line(insn, "").split())


def _lines(insn: Insn, symbol: str) -> list[str]:
    line = _line(insn, symbol)
    if insn.mnemonic == "pushq":
        return [line, "\t.cfi_adjust_cfa_offset 8", f"\t.cfi_rel_offset %{insn.operands[0]}, 0"]
    if insn.mnemonic == "popq":
        return [line, "\t.cfi_adjust_cfa_offset -8", f"\t.cfi_restore %{insn.operands[0]}"]
    if insn.kind == "stack" and isinstance(insn.operands[0], int):
        step = insn.operands[0] if insn.mnemonic == "subq" else -insn.operands[0]
        return [line, f"\t.cfi_adjust_cfa_offset {step}"]
    return [line]


def _function(symbol: str, program: Program) -> str:
    return elf.function(symbol, program, lambda insn: _lines(insn, symbol), landing=["endbr64"])


def assembly(functions: dict[str, Program]) -> str:
    """A whole .S file: the functions, then the notes that mark stack and branches as protected."""
    body = "\n".join(_function(symbol, program) for symbol, program in functions.items())
    return f'\t.text\n{body}\n{_PROPERTY_NOTE}\t.section .note.GNU-stack,"",@progbits\n'
