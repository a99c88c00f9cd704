"""objdump's text of one function (AT&T syntax, `-M suffix`), read back into a Program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tensorop_gen.isa.lift.forms import Form
from tensorop_gen.isa.lift.lines import Line, read_lines, split, target
from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86.forms import form, is_padding

_TEXT = re.compile(r"(?P<mnemonic>(?:(?:data16|cs|rep|repz|repnz|lock|bnd|notrack|\{vex\}) )*\S+)\s*(?P<operands>.*)")
_MEMORY = re.compile(
    r"(?P<disp>-?0x[0-9a-f]+)?\((?P<base>%\w+)?(?:,(?P<index>%\w+),(?P<scale>[1248]))?\)(?P<broadcast>\{1to\d+\})?"
)
_DECORATION = re.compile(r"\{%(?P<mask>k[1-7])\}(?P<zeroing>\{z\})?$")
_LOW = {"a": "rax", "b": "rbx", "c": "rcx", "d": "rdx"}
_REGISTER = re.compile(
    r"[xyz]mm([12]?\d|3[01])|k[0-7]|r([89]|1[0-5])[dwb]?|[er]?([abcd]x|[sd]i|[sb]p)|[abcd]l|([sd]i|[sb]p)l"
)
_POINTER = re.compile(r"r([89]|1[0-5]|[abcd]x|[sd]i|[sb]p)")


def read_function(lines: Iterable[str]) -> Program:
    """See lift/lines.py."""
    return read_lines(lines, _line)


def whole(register: str) -> str:
    """The register that a name is part of: eax, ax, al -> rax; r8d -> r8; xmm3 -> zmm3."""
    if register[1:3] == "mm":
        return f"z{register[1:]}"
    if register[0] == "k":
        return register
    if register[1].isdigit():
        return register.rstrip("dwb")
    if len(register) == 2 and register[1] == "l":
        return _LOW[register[0]]
    return f"r{register.lstrip('er') if len(register) > 2 else register}".removesuffix("l")


def _line(address: int, text: str) -> Line:
    match = _TEXT.fullmatch(text)
    if not match:
        raise Refused("not understood", "a line of the disassembly", text)
    mnemonic = match["mnemonic"].removesuffix(".s")  # marks one of two encodings of the same instruction
    mnemonic = {"ret": "retq", "jmpq": "jmp"}.get(mnemonic, mnemonic)
    rest = re.sub(r"\s+#.*$", "", match["operands"])
    if (mnemonic == "endbr64" and not address) or _is_nop(mnemonic, rest):
        return Line(address, text)
    how = form(mnemonic)
    if how is None:
        raise Refused("instruction", f"{mnemonic} is none of those that a kernel may use", text)
    if how.kind == "branch":
        reads = frozenset({"flags"} if how.reads_flags else ())
        return Line(address, text, (Insn(mnemonic, (Label(""),), "branch", reads),), target(rest, text))
    mask = _DECORATION.search(rest)
    words = split(rest[: mask.start()] if mask else rest)
    operands = tuple(_operand(word, text) for word in words)
    insn = _insn(mnemonic, how, operands, text)
    if mask:
        insn = _masked(insn, mask["mask"], bool(mask["zeroing"]))
    return Line(address, text, (insn, *_widened(insn)))


def _is_nop(mnemonic: str, rest: str) -> bool:
    return is_padding(mnemonic, tuple(word.lstrip("%") for word in split(rest)))


def _operand(word: str, text: str) -> Operand:
    if re.fullmatch(r"\$0x[0-9a-f]{1,16}", word):
        value = int(word[1:], 16)
        return value - (1 << 64) if value >> 63 else value
    if word.startswith("%") and _REGISTER.fullmatch(word[1:]):
        return word[1:]
    memory = _MEMORY.fullmatch(word)
    if not memory:
        raise Refused("memory", "an address that is not formed from a register (no static data, no segments)", text)
    base, index = (memory["base"] or "")[1:], (memory["index"] or "")[1:]
    if base == "rip":
        raise Refused("static data", "a kernel has none; make constants from immediates", text)
    if not all(_POINTER.fullmatch(register) for register in (base, index) if register):
        raise Refused("memory", "an address that is not formed from whole general registers", text)
    disp = int(memory["disp"] or "0", 16)
    return Mem(base, disp, index or None, int(memory["scale"] or 1), "", bool(memory["broadcast"]))


def _insn(mnemonic: str, how: Form, operands: tuple[Operand, ...], text: str) -> Insn:
    if how.kind == "stack":
        return _push_or_pop(mnemonic, operands, text)
    if how.kind == "ret":
        return Insn("retq", (), "ret", frozenset({"rsp"}))
    if re.fullmatch(r"(sh[lr]|sa[lr])[lq]", mnemonic) and len(operands) == 1:
        operands = (1, *operands)
    legacy = mnemonic == "movq" and any(isinstance(o, str) and o[1:3] == "mm" for o in operands)  # it keeps high halves
    if legacy or (mnemonic == "imulq" and len(operands) == 1) or (not operands and mnemonic != "vzeroupper"):
        raise Refused("instruction", f"{mnemonic} with these operands", text)
    return _general(mnemonic, how, operands)


def _widened(insn: Insn) -> Iterator[Insn]:
    """What makes a register of a byte that was set in it: the rest would still be what it was."""
    byte = insn.operands[-1] if insn.operands else ""
    if insn.mnemonic.startswith("set") and isinstance(byte, str):
        register = whole(byte)
        low = f"{register}d" if register[1].isdigit() else f"e{register[1:]}"
        yield Insn("movzbl", (byte, low), "scalar", frozenset({register}), frozenset({register}))


def _push_or_pop(mnemonic: str, operands: tuple[Operand, ...], text: str) -> Insn:
    register = operands[0] if operands else 0
    if not isinstance(register, str) or register == "rsp":
        raise Refused("stack", "only registers are pushed and popped", text)
    stack = frozenset({"rsp", "mem:stack"})
    if mnemonic == "pushq":
        return Insn("pushq", (register,), "stack", frozenset({register, "rsp"}), stack)
    return Insn("popq", (register,), "stack", stack, frozenset({register, "rsp"}))


def _masked(insn: Insn, mask: str, zeroing: bool) -> Insn:
    """Lanes left out keep what they are, unless they become zero."""
    reads = insn.reads | {mask} | (frozenset() if zeroing else _named(insn.operands[-1]))
    return replace(insn, reads=reads, mask=mask, zeroing=zeroing)


def _general(mnemonic: str, how: Form, operands: tuple[Operand, ...]) -> Insn:
    *sources, last = operands or ("",)
    reads = {r for s in sources for r in _named(s)}
    if not mnemonic.startswith("lea"):
        reads |= {f"mem:{s.space}" for s in sources if isinstance(s, Mem)}
    zeroed = _zeroes(mnemonic, operands)
    update = (how.update and not zeroed) or how.compares or (mnemonic.startswith("imul") and len(operands) == 2)
    if isinstance(last, Mem) or update:
        reads |= _named(last)
    reads |= {"flags"} if how.reads_flags else set()
    if zeroed:
        reads.clear()  # whatever was in it
    if isinstance(last, Mem) and how.compares and how.kind != "prefetch":
        reads.add(f"mem:{last.space}")
    writes: set[str] = {"flags"} if how.flags else set()
    if not how.compares:
        writes |= {f"mem:{last.space}"} if isinstance(last, Mem) else _named(last)
        if isinstance(last, Mem) and update:
            reads.add(f"mem:{last.space}")
    return Insn(mnemonic, operands, _kind(how, operands), frozenset(reads), frozenset(writes))


def _kind(how: Form, operands: tuple[Operand, ...]) -> Kind:
    """Loads, stores and broadcasts are such only if memory takes part."""
    if operands and operands[-1] == "rsp":
        return "stack"
    if how.kind == "load" and isinstance(operands[-1], Mem):
        return "store"
    if how.kind in ("load", "broadcast") and not any(isinstance(o, Mem) for o in operands):
        return "vector"
    return how.kind


def _named(operand: Operand) -> frozenset[str]:
    if isinstance(operand, Mem):
        return frozenset(r for r in (operand.base, operand.index) if r)
    return frozenset({whole(operand)} if isinstance(operand, str) and operand else ())


def _zeroes(mnemonic: str, operands: tuple[Operand, ...]) -> bool:
    """Whether the result is zero whatever the operands hold."""
    return bool(re.fullmatch(r"v?p?xor(p[sd]|[dlq])?", mnemonic)) and len(set(operands)) == 1
