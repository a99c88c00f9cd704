"""What assembly for ELF has whatever the instruction set: hidden functions with call frames, notes for the linker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tensorop_gen.isa.program import Insn, Label, Program


def local(symbol: str, label: Label) -> str:
    """A label of a function, as the whole file knows it."""
    return f".L{symbol}.{label.name}"


def function(
    symbol: str,
    program: Program,
    lines: Callable[[Insn], Iterable[str]],
    *,
    kind: str = "@function",
    landing: Sequence[str] = (),
) -> str:
    """One hidden function of the given name. lines: an instruction, with what an unwinder must know of it. kind: as the
    assembler spells it; landing: what marks a target of indirect calls."""
    out = [
        f"\t.globl {symbol}",
        f"\t.hidden {symbol}",
        f"\t.type {symbol}, {kind}",
        "\t.p2align 6",
        f"{symbol}:",
        "\t.cfi_startproc",
        *(f"\t{insn}" for insn in landing),
    ]
    for block in program.blocks:
        if block.label:
            out += ["\t.p2align 4"] * block.label.endswith("loop") + [f"{local(symbol, Label(block.label))}:"]
        for insn in block.insns:
            out += lines(insn)
    out += ["\t.cfi_endproc", f"\t.size {symbol}, .-{symbol}", ""]
    return "\n".join(out)


def property_note(feature: int) -> str:
    """Marks the object as safe for protected branches: the bits 0 and 1 of this GNU property."""
    return f"""\
	.section .note.gnu.property, "a"
	.balign 8
	.long 4, 16, 5
	.asciz "GNU"
	.long {feature:#x}, 4, 3, 0
"""
