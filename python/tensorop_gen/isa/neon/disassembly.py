"""objdump's text of one AArch64 function, read back into a Program.

Addresses that move their base before the access, and the stack pointer behind it, become two instructions: then the
stack frame changes by plain additions only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tensorop_gen.isa.lift.forms import Form, find
from tensorop_gen.isa.lift.lines import Line, read_lines, split, target
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.forms import CONDITIONS, FORMS
from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused

_X = r"x([12]?\d|30)"
_V = r"v([12]?\d|3[01])"
_TYPE = r"(16b|8b|8h|4h|4s|2s|2d|1d|[bhsd])"
_ONE = rf"{_V}\.{_TYPE}"
_OPERAND = re.compile(
    rf"[xw]([12]?\d|30)|[xw]zr|sp|[qdsh]([12]?\d|3[01])|{_ONE}(\[\d+\])?|\{{{_ONE}((, {_ONE})+|-{_ONE})?\}}(\[\d+\])?|"
    rf"(lsl|lsr|asr|msl|[su]xt[bhwx]) #\d+|[su]xt[bhwx]|#-?\d\.\d+e[+-]\d\d|#0\.0|{CONDITIONS}|"
    r"p(ld|st)l[123](keep|strm)"
)
_INTEGER = re.compile(r"#(-?(?:0x[0-9a-f]{1,16}|\d{1,19}))")
_ADDRESS = re.compile(
    rf"\[(?P<base>{_X}|sp)(?:, #(?P<disp>-?\d{{1,6}})|, (?P<index>{_X})(?:, lsl #(?P<shift>[1-4]))?)?\](?P<before>!)?"
)
_LANE = re.compile(r".*\[\d+\]")
_PAIRED = ("ldp", "stp")
_SAVED = re.compile(r"x(19|2\d|30)|d([89]|1[0-5])")


def read_function(lines: Iterable[str]) -> Program:
    """See lift/lines.py."""
    return read_lines(lines, _line)


def named(operand: Operand) -> frozenset[str]:
    """The whole registers of an operand: w3 -> x3, s3 -> v3, {v0.4s-v2.4s} -> v0, v1, v2."""
    if isinstance(operand, Mem):
        return frozenset(r for r in (operand.base, operand.index) if r)
    if not isinstance(operand, str):
        return frozenset()
    return frozenset(in_order(operand))


def in_order(operand: str) -> list[str]:
    if operand.startswith("{"):
        numbers = [int(n) for n in re.findall(r"v(\d+)", operand)]
        numbers = list(range(numbers[0], numbers[1] + 1)) if "-" in operand else numbers
        return [f"v{n}" for n in numbers]
    if found := re.fullmatch(r"[vqdsh](\d+)(\..*)?", operand):
        return [f"v{found[1]}"]
    if found := re.fullmatch(r"[xw](\d+)", operand):
        return [f"x{found[1]}"]
    return ["sp"] if operand == "sp" else []


def _line(address: int, text: str) -> Line:
    mnemonic, _, rest = re.sub(r"\s+//.*$", "", text).partition("\t")
    mnemonic, rest = mnemonic.strip(), rest.strip()
    if mnemonic == "nop" or (mnemonic == "bti" and not address):
        return Line(address, text)
    how = find(mnemonic, FORMS)
    if how is None:
        raise Refused("instruction", f"{mnemonic} is none of those that a kernel may use", text)
    words = split(rest)
    if how.kind == "branch":
        return _jump(address, text, mnemonic, words)
    operands = tuple(_operand(word, text) for word in words if not word.startswith("["))
    if any("x18" in named(o) for o in operands) or re.search(r"\bx18\b", rest):
        raise Refused("registers", "x18 belongs to the system", text)
    if how.kind == "ret":
        if operands:
            raise Refused("jump", "to an address that is not known", text)
        return Line(address, text, (asm.ret(),))
    if how.kind in ("load", "store", "prefetch"):
        return Line(address, text, _memory(mnemonic, how, operands, words, text))
    if not operands or not isinstance(operands[0], str) or len(words) > len(operands):
        raise Refused("instruction", f"{mnemonic} with these operands", text)
    return Line(address, text, (_plain(mnemonic, how, operands),))


def _jump(address: int, text: str, mnemonic: str, words: list[str]) -> Line:
    *tested, last = words or [""]
    operands = tuple(_operand(word, text) for word in tested)
    reads = frozenset({"flags"}) if mnemonic.startswith("b.") else frozenset(r for o in operands for r in named(o))
    if len(operands) != {"c": 1, "t": 2}.get(mnemonic[0], 0) or (mnemonic != "b" and not reads):
        raise Refused("jump", "not understood", text)
    return Line(address, text, (Insn(mnemonic, (*operands, Label("")), "branch", reads),), target(last, text))


def _operand(word: str, text: str) -> Operand:
    if number := _INTEGER.fullmatch(word):
        value = int(number[1], 0)
        return value - (1 << 64) if value >> 63 == 1 else value
    if not _OPERAND.fullmatch(word):
        raise Refused("not understood", f"the operand {word[:40]}", text)
    return word


def _plain(mnemonic: str, how: Form, operands: tuple[Operand, ...]) -> Insn:
    dest, *sources = operands
    vector = any(r.startswith("v") for o in operands for r in named(o))
    # A lane keeps the others; vector forms of orr and bic with an immediate read what they change.
    update = how.update or bool(_LANE.fullmatch(str(dest)) and not how.compares)
    update |= mnemonic in ("orr", "bic") and isinstance(sources[0], int)
    reads = frozenset(r for o in sources for r in named(o))
    if mnemonic == "eor" and len(set(operands)) == 1:
        reads = frozenset()  # whatever was in it
    if update or how.compares:
        reads |= named(dest)
    tests = mnemonic.startswith(("cs", "cin", "cneg", "ccm"))
    reads |= {"flags"} if tests else frozenset()
    writes = frozenset() if how.compares else named(dest)
    writes |= {"flags"} if how.flags else frozenset()
    kind: Kind = "vector" if vector and how.kind == "scalar" else how.kind
    return Insn(mnemonic, operands, "stack" if "sp" in writes else kind, reads, writes)


def _memory(mnemonic: str, how: Form, operands: tuple[Operand, ...], words: list[str], text: str) -> tuple[Insn, ...]:
    places = [i for i, word in enumerate(words) if word.startswith("[")]
    match = _ADDRESS.fullmatch(words[places[0]]) if len(places) == 1 else None
    if not match or not operands or (how.kind == "prefetch") != str(operands[0]).startswith("p"):
        raise Refused("memory", "an address that is not a 64-bit register with an offset or index", text)
    base, disp = match["base"], int(match["disp"] or 0)
    address = Mem(base, disp, match["index"], 1 << int(match["shift"] or 0))
    registers, moved = operands[: places[0]], operands[places[0] :]
    if any(not isinstance(r, str) for r in registers) or len(registers) != 1 + (mnemonic in _PAIRED) or len(moved) > 1:
        raise Refused("not understood", "operands of an access to memory", text)
    if (moved or match["before"]) and any(base in named(r) for r in registers):
        raise Refused("not understood", "a base that is moved and loaded at once", text)
    if match["before"]:
        return _step(base, disp), _access(mnemonic, how, registers, Mem(base), ())
    if moved and base == "sp":
        if not isinstance(moved[0], int):
            raise Refused("stack", "sp may be moved by constants only", text)
        return _access(mnemonic, how, registers, address, ()), _step(base, moved[0])
    return (_access(mnemonic, how, registers, address, moved),)


def _step(base: str, bytes_: int) -> Insn:
    mnemonic, names = "add" if bytes_ >= 0 else "sub", frozenset({base})
    return Insn(mnemonic, (base, base, abs(bytes_)), "stack" if base == "sp" else "scalar", names, names)


def _access(mnemonic: str, how: Form, registers: tuple[Operand, ...], address: Mem, moved: tuple[Operand, ...]) -> Insn:
    data = frozenset(r for o in registers for r in named(o))
    reads = named(address) | frozenset(r for o in moved for r in named(o))
    writes = frozenset({address.base}) if moved else frozenset()
    if how.kind == "load":
        reads |= {"mem:"} | (data if _LANE.fullmatch(str(registers[0])) else frozenset())
        writes |= data
    elif how.kind == "store":
        reads |= data
        writes |= {"mem:"}
    operands = (*registers, address, *moved)
    return Insn(mnemonic, operands, _kind(how.kind, registers, address), reads, writes)


def _kind(kind: Kind, registers: tuple[Operand, ...], address: Mem) -> Kind:
    if kind != "prefetch" and address.base == "sp" and all(_SAVED.fullmatch(str(r)) for r in registers):
        return "stack"
    return "scalar" if kind == "load" and str(registers[0])[0] in "xw" else kind
