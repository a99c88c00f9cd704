"""Constructors for the AArch64 instructions that the kernels use, with what each reads and writes.

Operands stand in the order in which they are printed: destination first."""

from __future__ import annotations

import re

from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand

LANES = 4  # floats of a vector register
CALLEE_SAVED = (*(f"x{i}" for i in range(19, 29)), *(f"v{i}" for i in range(8, 16)))
VOLATILE: tuple[int, ...] = (*range(8), *range(16, 32))  # numbers of the vector registers that a kernel need not save

_VECTOR = re.compile(r"\{?[vqds](\d+)(?:\.\w+)?\}?(?:\[\d\])?")
_GENERAL = re.compile(r"[xw](\d+)")


def _regs(operand: Operand) -> set[str]:
    """The whole registers that an operand names; what is no register (a condition, a shift) names none."""
    if isinstance(operand, Mem):
        return {r for r in (operand.base, operand.index) if r}
    if not isinstance(operand, str):
        return set()
    if found := _VECTOR.fullmatch(operand):
        return {f"v{found[1]}"}
    if found := _GENERAL.fullmatch(operand):
        return {f"x{found[1]}"}
    return {operand} & {"sp"}


def _all(operands: tuple[Operand, ...]) -> set[str]:
    return {r for o in operands for r in _regs(o)}


def op(
    mnemonic: str,
    dest: str,
    *sources: Operand,
    kind: Kind = "vector",
    update: bool = False,
    sets_flags: bool = False,
    tests_flags: bool = False,
) -> Insn:
    """update: the destination is read as well."""
    reads = _all(sources) | (_regs(dest) if update else set()) | ({"flags"} if tests_flags else set())
    writes = _regs(dest) | ({"flags"} if sets_flags else set())
    return Insn(mnemonic, (dest, *sources), kind, frozenset(reads), frozenset(writes))


def scalar(mnemonic: str, dest: str, *sources: Operand) -> Insn:
    return op(mnemonic, dest, *sources, kind="scalar")


def load(dest: str, source: Mem, post: int | str | None = None, mnemonic: str = "ldr") -> Insn:
    """post: bytes or register by which the base then moves on. Whole registers: the lanes not loaded become zero."""
    return _load(mnemonic, (dest,), source, post, set())


def load_lane(number: int, lane: int, source: Mem, post: str | None = None) -> Insn:
    """One float into one lane; the other lanes are kept."""
    return _load("ld1", (f"{{v{number}.s}}[{lane}]",), source, post, {f"v{number}"})


def _load(mnemonic: str, dests: tuple[str, ...], source: Mem, post: int | str | None, kept: set[str]) -> Insn:
    moved = (post,) if post is not None else ()
    kind: Kind = "scalar" if dests[0][0] in "xw" else "load"
    reads = _regs(source) | _all(moved) | kept | {f"mem:{source.space}"}
    writes = _all(dests) | ({source.base} if moved else set())
    return Insn(mnemonic, (*dests, source, *moved), kind, frozenset(reads), frozenset(writes))


def store(value: str, dest: Mem, post: int | str | None = None, mnemonic: str = "str") -> Insn:
    moved = (post,) if post is not None else ()
    reads = _regs(value) | _regs(dest) | _all(moved)
    writes = {f"mem:{dest.space}"} | ({dest.base} if moved else set())
    return Insn(mnemonic, (value, dest, *moved), "store", frozenset(reads), frozenset(writes))


def store_lane(number: int, lane: int, dest: Mem, post: str | None = None) -> Insn:
    return store(f"{{v{number}.s}}[{lane}]", dest, post, "st1")


def zero(number: int) -> Insn:
    return op("movi", f"v{number}.4s", 0)


def fma(acc: int, a: int, b: int, lane: int) -> Insn:
    """acc += a * b[lane]."""
    return op("fmla", f"v{acc}.4s", f"v{a}.4s", f"v{b}.s[{lane}]", kind="fma", update=True)


def mul(dest: int, a: int, b: int, lane: int, kind: Kind = "vector") -> Insn:
    """dest = a * b[lane]."""
    return op("fmul", f"v{dest}.4s", f"v{a}.4s", f"v{b}.s[{lane}]", kind=kind)


def add(dest: str, source: str, amount: Operand, *shift: str) -> Insn:
    return scalar("add", dest, source, amount, *shift)


def sub(dest: str, source: str, amount: Operand) -> Insn:
    return scalar("sub", dest, source, amount)


def count_down(register: str, amount: int) -> Insn:
    """register -= amount, setting the flags."""
    return op("subs", register, register, amount, kind="scalar", sets_flags=True)


def count_up(register: str, amount: int) -> Insn:
    return op("adds", register, register, amount, kind="scalar", sets_flags=True)


def mov(dest: str, source: Operand) -> Insn:
    return scalar("mov", dest, source)


def shift_left(dest: str, source: str, bits: int) -> Insn:
    return scalar("lsl", dest, source, bits)


def compare(register: str, other: Operand) -> Insn:
    return Insn("cmp", (register, other), "scalar", frozenset(_all((register, other))), frozenset({"flags"}))


def select(dest: str, if_true: str, if_false: str, condition: str) -> Insn:
    return op("csel", dest, if_true, if_false, condition, kind="scalar", tests_flags=True)


def flag(dest: str, condition: str) -> Insn:
    """1 if the condition holds, else 0."""
    return op("cset", dest, condition, kind="scalar", tests_flags=True)


def jump(label: str) -> Insn:
    return Insn("b", (Label(label),), "branch")


def jump_if(condition: str, label: str) -> Insn:
    return Insn(f"b.{condition}", (Label(label),), "branch", frozenset({"flags"}))


def jump_if_zero(register: str, label: str) -> Insn:
    return Insn("cbz", (register, Label(label)), "branch", frozenset(_regs(register)))


def jump_if_clear(register: str, bit: int, label: str) -> Insn:
    """Reaches 32 KB."""
    return Insn("tbz", (register, bit, Label(label)), "branch", frozenset(_regs(register)))


def prefetch(address: Mem, hint: str = "pldl1keep") -> Insn:
    mnemonic = "prfum" if address.disp % 8 else "prfm"  # unscaled
    return Insn(mnemonic, (hint, address), "prefetch", frozenset(_regs(address)))


def ret() -> Insn:
    return Insn("ret", (), "ret", frozenset({"x30"}))


# Stack frames


def save(registers: tuple[str, ...]) -> list[Insn]:
    """Moves the stack pointer down and stores the registers (x or d, an even number) in pairs."""
    size = 8 * len(registers)
    moved = Insn("sub", ("sp", "sp", size), "stack", frozenset({"sp"}), frozenset({"sp"}))
    return [moved, *(_pair("stp", registers, i) for i in range(0, len(registers), 2))]


def restore(registers: tuple[str, ...]) -> list[Insn]:
    size = 8 * len(registers)
    moved = Insn("add", ("sp", "sp", size), "stack", frozenset({"sp"}), frozenset({"sp"}))
    return [*(_pair("ldp", registers, i) for i in range(0, len(registers), 2)), moved]


def _pair(mnemonic: str, registers: tuple[str, ...], i: int) -> Insn:
    two, slot = registers[i : i + 2], Mem("sp", 8 * i, space="stack")
    used, memory = _all(two), {"mem:stack"}
    reads, writes = ({*used, "sp"}, memory) if mnemonic == "stp" else ({"sp", *memory}, used)
    return Insn(mnemonic, (*two, slot), "stack", frozenset(reads), frozenset(writes))
