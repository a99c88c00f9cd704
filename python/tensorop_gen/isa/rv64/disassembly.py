"""objdump's text of one RISC-V function, read back into a Program; an instruction set may add vector instructions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tensorop_gen.isa.lift.forms import Form, find, forms
from tensorop_gen.isa.lift.lines import Line, read_lines, split, target
from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.rv64 import asm
from tensorop_gen.isa.rv64.asm import ZERO

# Nothing here calls, jumps through a register, enters the kernel, reads a clock or moves the control registers.
_FORMS = forms(
    (r"li|lui|mv|not|negw?|sext\.w|zext\.b|addi?w?|subw?|mulw?|mulhs?u?", Form("scalar")),
    (r"(and|or|xor)i?|s(ll|rl|ra)i?w?|slti?u?|seqz|snez|sltz|sgtz|(div|rem)u?w?", Form("scalar")),
    (r"l[bhw]u?|ld|flw|fld", Form("load")),
    (r"s[bhwd]|fsw|fsd", Form("store", compares=True)),
    (r"fn?m(add|sub)\.s", Form("fma")),
    (r"f(add|sub|mul|mv|neg|abs|sgnj|sgnjn|sgnjx)\.s|fmv\.(w\.x|x\.w)|f(eq|lt|le)\.s", Form("vector")),
    (r"beqz?|bnez?|bltz?|bgez?|blez|bgtz|bltu|bgeu|j", Form("branch", compares=True)),
    (r"ret", Form("ret")),
)
_SHORT = re.compile(r"(add|sll|srl|sra)w?|and|or|xor")  # how compressed instructions with an immediate are shown
_REGISTER = re.compile(r"zero|ra|sp|[ft]?t[0-6]|ft([7-9]|1[01])|f?s(\d|1[01])|f?a[0-7]|v([12]?\d|3[01])")
_INTEGER = re.compile(r"-?(0x[0-9a-f]{1,16}|\d{1,19})")
_ADDRESS = re.compile(r"(?P<disp>-?\d{1,5})?\((?P<base>\w+)\)")
_WORDS = re.compile(r"e\d+|mf?[1248]|t[au]|m[au]")  # of a vector type
_KEPT = frozenset((*asm.SAVED, *asm.FLOAT_SAVED, "ra"))
_SAVING = ("sd", "ld", "fsd", "fld")

# A vector instruction from its mnemonic, operands and text; None for what is none.
Vectors = Callable[[str, tuple[Operand, ...], str], "Insn | None"]


def read_function(lines: Iterable[str], vectors: Vectors) -> Program:
    """See lift/lines.py."""

    def line(address: int, text: str) -> Line:
        return _line(address, text, vectors)

    return read_lines(lines, line)


def no_vectors(mnemonic: str, operands: tuple[Operand, ...], text: str) -> Insn | None:  # noqa: ARG001  # see Vectors
    """Of an instruction set without any."""
    return None


def _line(address: int, text: str, vectors: Vectors) -> Line:
    mnemonic, _, rest = re.sub(r"\s+#.*$", "", text).partition("\t")
    mnemonic, words = mnemonic.strip(), split(rest.strip())
    if mnemonic == "nop":
        return Line(address, text)
    how = find(mnemonic, _FORMS)
    if how and how.kind == "branch":
        return _jump(address, text, mnemonic, words)
    if how and how.kind == "ret":
        return Line(address, text, (asm.ret(),))
    if how is None and not mnemonic.startswith("v"):
        raise _unknown(mnemonic, text)
    operands = tuple(_operand(word, text) for word in words)
    if _SHORT.fullmatch(mnemonic) and operands and isinstance(operands[-1], int):
        mnemonic = f"{mnemonic.removesuffix('w')}i{'w' if mnemonic.endswith('w') else ''}"
        how = find(mnemonic, _FORMS)
    insn = _scalar(mnemonic, how, operands, text) if how else vectors(mnemonic, operands, text)
    if insn is None:
        raise _unknown(mnemonic, text)
    return Line(address, text, (insn,))


def _unknown(mnemonic: str, text: str) -> Refused:
    return Refused("instruction", f"{mnemonic} is none of those that a kernel may use", text)


def _jump(address: int, text: str, mnemonic: str, words: list[str]) -> Line:
    *tested, last = words or [""]
    reads = frozenset(str(_operand(word, text)) for word in tested) - {ZERO}
    if len(tested) != (0 if mnemonic == "j" else 1 if mnemonic.endswith("z") else 2) or (tested and not reads):
        raise Refused("jump", "not understood", text)
    insn = Insn(mnemonic, (*tested, Label("")), "branch", reads)
    return Line(address, text, (insn,), target(last, text))


def _operand(word: str, text: str) -> Operand:
    if _INTEGER.fullmatch(word):
        value = int(word, 0)
        return value - (1 << 64) if value >> 63 == 1 else value
    if word in ("gp", "tp"):
        raise Refused("registers", f"{word} belongs to the system", text)
    if _REGISTER.fullmatch(word) or _WORDS.fullmatch(word):
        return word
    match = _ADDRESS.fullmatch(word)
    if not match or not _REGISTER.fullmatch(match["base"]) or match["base"][0] in "fv":
        raise Refused("not understood", f"the operand {word[:40]}", text)
    return Mem(match["base"], int(match["disp"] or 0))


def named(operand: Operand) -> frozenset[str]:
    """The registers of an operand; the one that is always zero is none."""
    if isinstance(operand, Mem):
        return frozenset({operand.base}) - {ZERO}
    return frozenset({operand} if isinstance(operand, str) and _REGISTER.fullmatch(operand) else ()) - {ZERO}


def _scalar(mnemonic: str, how: Form, operands: tuple[Operand, ...], text: str) -> Insn:
    address = next((o for o in operands if isinstance(o, Mem)), None)
    in_memory = how.kind in ("load", "store")
    if not operands or not isinstance(operands[0], str) or any(str(o)[0] == "v" for o in operands):
        raise Refused("not understood", f"{mnemonic} with these operands", text)
    if in_memory != (address is not None) or (in_memory and (len(operands) != 2 or operands[1] is not address)):
        raise Refused("not understood", f"{mnemonic} with these operands", text)
    dest, *sources = operands
    reads = frozenset(r for o in sources for r in named(o))
    if how.kind == "store":
        kind = _kind(how.kind, mnemonic, dest, address)
        return Insn(mnemonic, operands, kind, reads | named(dest), frozenset({"mem:"}))
    reads |= {"mem:"} if address else frozenset()
    return Insn(mnemonic, operands, _kind(how.kind, mnemonic, dest, address), reads, named(dest))


def _kind(kind: Kind, mnemonic: str, dest: Operand, address: Mem | None) -> Kind:
    saving = address and address.base == "sp" and dest in _KEPT and mnemonic in _SAVING
    if saving or (not address and dest == "sp"):
        return "stack"
    if kind == "load":
        return "broadcast" if mnemonic in ("flw", "fld") else "scalar"
    return kind
