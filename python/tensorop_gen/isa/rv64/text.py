"""Prints a program as RISC-V assembly that GNU as and clang both take."""

from __future__ import annotations

from collections.abc import Callable

from tensorop_gen.isa import elf
from tensorop_gen.isa.program import Insn, Label, Mem, Operand, Program

# An instruction set may print an instruction in its own way; None: as it stands.
Printer = Callable[[Insn], "str | None"]


def _operand(operand: Operand, symbol: str) -> str:
    if isinstance(operand, Label):
        return elf.local(symbol, operand)
    return f"{operand.disp or ''}({operand.base})" if isinstance(operand, Mem) else str(operand)


def line(insn: Insn, symbol: str = "") -> str:
    """The instruction in assembler syntax."""
    return f"{insn.mnemonic}\t{', '.join(_operand(o, symbol) for o in insn.operands)}".rstrip()


def _unwinding(insn: Insn) -> list[str]:
    """What unwinding must know of an instruction that saves or restores."""
    first, *_, last = insn.operands
    if insn.mnemonic == "addi":
        return [f"\t.cfi_adjust_cfa_offset {-int(str(last))}"]
    if insn.mnemonic in ("sd", "fsd"):
        return [f"\t.cfi_rel_offset {first}, {last.disp if isinstance(last, Mem) else 0}"]
    return [f"\t.cfi_restore {first}"]


def _function(symbol: str, program: Program, printer: Printer) -> str:
    def lines(insn: Insn) -> list[str]:
        text = f"\t{printer(insn) or line(insn, symbol)}"
        return [text, *_unwinding(insn)] if insn.kind == "stack" else [text]

    return elf.function(symbol, program, lines)


def assembly(functions: dict[str, Program], extension: str = "", printer: Printer = lambda _: None) -> str:
    """A whole .S file; extension: what its instructions need beyond the baseline. It is allowed between push and pop,
    so that the object is marked as one for the baseline: whoever calls its functions has looked at the CPU.

    norelax: instructions stay where they were aligned."""
    options = ["norelax", *(["push", f"arch, +{extension}"] if extension else [])]
    head = "\n".join(f"\t.option {option}" for option in options)
    body = "\n".join(_function(symbol, program, printer) for symbol, program in functions.items())
    tail = "\t.option pop\n" if extension else ""
    return f'\t.text\n{head}\n{body}\n{tail}\t.section .note.GNU-stack,"",@progbits\n'
