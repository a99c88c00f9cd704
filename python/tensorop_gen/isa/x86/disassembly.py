"""objdump's text of one function (AT&T syntax, `-M suffix`), read back into a Program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tensorop_gen.isa.program import Block, Insn, Kind, Label, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86.forms import Form, form, is_padding

MOST = 20_000  # instructions of a kernel
_LINE = re.compile(r"^\s+(?P<address>[0-9a-f]+):\t(?P<text>.+?)\s*$")
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


@dataclass(frozen=True, slots=True)
class _Raw:
    address: int
    mnemonic: str
    operands: tuple[Operand, ...]
    mask: str | None
    zeroing: bool
    target: int | None
    text: str


def read_function(lines: Iterable[str]) -> Program:
    """The instructions of one function, cut into blocks at the targets of its jumps; padding is left out.

    Raises Refused for what is not allowed in a kernel or not understood."""
    raws = [_raw(match["address"], match["text"]) for line in lines if (match := _LINE.match(line))]
    if raws and raws[0].mnemonic == "endbr64":
        raws = raws[1:]
    if len(raws) > MOST:
        raise Refused("size", f"{len(raws)} instructions; a kernel has at most {MOST}")
    starts = {raw.address for raw in raws}
    for raw in raws:
        if raw.target is not None and raw.target not in starts:
            raise Refused("jump", "out of the function, or into the middle of an instruction", raw.text)
    labels = {target: f"l{target:x}" for target in sorted({r.target for r in raws if r.target is not None})}
    loops = {r.target for r in raws if r.target is not None and r.target <= r.address}
    labels |= {target: f"{labels[target]}_loop" for target in loops}
    return Program(tuple(_blocks(raws, labels)))


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


def _raw(address: str, text: str) -> _Raw:
    match = _TEXT.fullmatch(text)
    if not match:
        raise Refused("not understood", "a line of the disassembly", text)
    mnemonic = match["mnemonic"].removesuffix(".s")  # marks one of two encodings of the same instruction
    mnemonic = {"ret": "retq", "jmpq": "jmp"}.get(mnemonic, mnemonic)
    rest = re.sub(r"\s+#.*$", "", match["operands"])
    if mnemonic == "endbr64" or _is_nop(mnemonic, rest):
        return _Raw(int(address, 16), mnemonic, (), None, False, None, text)
    if form(mnemonic) is None:
        raise Refused("instruction", f"{mnemonic} is none of those that a kernel may use", text)
    if mnemonic.startswith("j"):
        target = re.fullmatch(r"([0-9a-f]+)(?: <[^>]*>)?", rest)
        if not target:
            raise Refused("jump", "to an address that is not known", text)
        return _Raw(int(address, 16), mnemonic, (), None, False, int(target[1], 16), text)
    mask = _DECORATION.search(rest)
    words = _split(rest[: mask.start()] if mask else rest)
    operands = tuple(_operand(word, text) for word in words)
    return _Raw(
        int(address, 16), mnemonic, operands, mask["mask"] if mask else None, bool(mask and mask["zeroing"]), None, text
    )


def _is_nop(mnemonic: str, rest: str) -> bool:
    return is_padding(mnemonic, tuple(word.lstrip("%") for word in _split(rest)))


def _split(text: str) -> list[str]:
    """At the commas that are not inside an address."""
    return re.findall(r"(?:[^,(]|\([^)]*\))+", text)


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


def _blocks(raws: Sequence[_Raw], labels: dict[int, str]) -> Iterable[Block]:
    label, insns = "", list[Insn]()
    for raw in raws:
        if raw.address in labels:
            if label or insns:
                yield Block(label, tuple(insns))
            label, insns = labels[raw.address], []
        if form(raw.mnemonic):
            insns.append(_insn(raw, labels))
    if label or insns:
        yield Block(label, tuple(insns))


def _insn(raw: _Raw, labels: dict[int, str]) -> Insn:
    how = form(raw.mnemonic)
    assert how
    if raw.target is not None:
        reads = frozenset({"flags"} if how.reads_flags else ())
        return Insn(raw.mnemonic, (Label(labels[raw.target]),), "branch", reads)
    if how.kind == "stack":
        return _push_or_pop(raw)
    if how.kind == "ret":
        return Insn("retq", (), "ret", frozenset({"rsp"}))
    operands = raw.operands
    if re.fullmatch(r"(sh[lr]|sa[lr])[lq]", raw.mnemonic) and len(operands) == 1:
        operands = (1, *operands)
    if (raw.mnemonic == "imulq" and len(operands) == 1) or (not operands and raw.mnemonic != "vzeroupper"):
        raise Refused("instruction", f"{raw.mnemonic} with these operands", raw.text)
    return _general(raw, how, operands)


def _push_or_pop(raw: _Raw) -> Insn:
    register = raw.operands[0] if raw.operands else 0
    if not isinstance(register, str):
        raise Refused("stack", "only registers are pushed and popped", raw.text)
    stack = frozenset({"rsp", "mem:stack"})
    if raw.mnemonic == "pushq":
        return Insn("pushq", (register,), "stack", frozenset({register, "rsp"}), stack)
    return Insn("popq", (register,), "stack", stack, frozenset({register, "rsp"}))


def _general(raw: _Raw, how: Form, operands: tuple[Operand, ...]) -> Insn:
    *sources, last = operands or ("",)
    reads = {r for s in sources for r in _named(s)}
    if not raw.mnemonic.startswith("lea"):
        reads |= {f"mem:{s.space}" for s in sources if isinstance(s, Mem)}
    zeroed = _zeroes(raw.mnemonic, operands)
    update = (how.update and not zeroed) or how.compares or (raw.mnemonic.startswith("imul") and len(operands) == 2)
    if isinstance(last, Mem) or update or (raw.mask and not raw.zeroing):
        reads |= _named(last)
    reads |= {raw.mask} if raw.mask else set()
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
    return Insn(
        raw.mnemonic, operands, _kind(how, operands), frozenset(reads), frozenset(writes), raw.mask, raw.zeroing
    )


def _kind(how: Form, operands: tuple[Operand, ...]) -> Kind:
    """Loads, stores and broadcasts are such only if memory takes part."""
    if operands and operands[-1] == "rsp":
        return "stack"
    if how.kind == "load" and isinstance(operands[-1], Mem):
        return "store"
    if how.kind in ("load", "broadcast") and not any(isinstance(o, Mem) for o in operands):
        return "vector"
    return how.kind


def _named(operand: Operand) -> set[str]:
    if isinstance(operand, Mem):
        return {r for r in (operand.base, operand.index) if r}
    return {whole(operand)} if isinstance(operand, str) and operand else set()


def _zeroes(mnemonic: str, operands: tuple[Operand, ...]) -> bool:
    """Whether the result is zero whatever the operands hold."""
    return bool(re.fullmatch(r"v?p?xor(p[sd]|[dlq])?", mnemonic)) and len(set(operands)) == 1
