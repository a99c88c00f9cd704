"""Prints a program as AArch64 assembly that GNU as and clang both take."""

from __future__ import annotations

from tensorop_gen.isa import elf
from tensorop_gen.isa.program import Insn, Label, Mem, Operand, Program

# Marks the object as safe for branch target identification and pointer authentication; see "ELF for the Arm 64-bit
# Architecture", GNU_PROPERTY_AARCH64_FEATURE_1_AND.
_PROPERTY_NOTE = elf.property_note(0xC0000000)
_BTI_C = "hint\t#34"  # by number: assemblers take the name only for later architectures


def _operand(operand: Operand, symbol: str) -> str:
    if isinstance(operand, Label):
        return elf.local(symbol, operand)
    if isinstance(operand, int):
        return f"#{operand}"
    if isinstance(operand, Mem):
        return _address(operand)
    return operand


def _address(mem: Mem) -> str:
    if mem.index:
        shift = f", lsl #{mem.scale.bit_length() - 1}" if mem.scale > 1 else ""
        return f"[{mem.base}, {mem.index}{shift}]"
    return f"[{mem.base}, #{mem.disp}]" if mem.disp else f"[{mem.base}]"


def shown(insn: Insn) -> str:
    """One instruction, for a message."""
    return " ".join(_line(insn, "").split())


def _line(insn: Insn, symbol: str) -> str:
    return f"\t{insn.mnemonic}\t{', '.join(_operand(o, symbol) for o in insn.operands)}".rstrip()


def _lines(insn: Insn, symbol: str) -> list[str]:
    line = _line(insn, symbol)
    return [line, *_frame_notes(insn)] if insn.kind == "stack" else [line]


def _frame_notes(insn: Insn) -> list[str]:
    """What an unwinder has to know of a change of the stack frame."""
    *operands, last = insn.operands
    if not isinstance(last, Mem):
        return [f"\t.cfi_adjust_cfa_offset {'-' if insn.mnemonic == 'add' else ''}{last}"]
    if insn.mnemonic in ("stp", "str"):
        return [f"\t.cfi_rel_offset {_dwarf(r)}, {last.disp + 8 * i}" for i, r in enumerate(operands)]
    return [f"\t.cfi_restore {_dwarf(r)}" for r in operands]


def _dwarf(register: Operand) -> int:
    """x0-x30 are 0-30, v0-v31 (d: their low halves) 64-95."""
    name = str(register)
    return int(name[1:]) + (64 if name[0] == "d" else 0)


def _function(symbol: str, program: Program) -> str:
    return elf.function(symbol, program, lambda insn: _lines(insn, symbol), kind="%function", landing=[_BTI_C])


def assembly(functions: dict[str, Program]) -> str:
    """A whole .S file: the functions, then the notes that mark stack and branches as protected."""
    body = "\n".join(_function(symbol, program) for symbol, program in functions.items())
    return f'\t.arch armv8-a\n\t.text\n{body}\n{_PROPERTY_NOTE}\t.section .note.GNU-stack,"",%progbits\n'
