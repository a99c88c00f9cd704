"""Constructors for the RISC-V instructions that the kernels use, with what each reads and writes.

Operands stand as they are printed: destination first, but for stores and branches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand

ZERO = "zero"
# Registers that a call may change, the arguments a0-a5 left out.
TEMPORARY = ("t0", "t1", "t2", "t3", "t4", "t5", "t6", "a6", "a7")
SAVED = tuple(f"s{i}" for i in range(12))
FLOAT_TEMPORARY = (*(f"ft{i}" for i in range(12)), *(f"fa{i}" for i in range(8)))
FLOAT_SAVED = tuple(f"fs{i}" for i in range(12))


def _registers(*operands: Operand) -> frozenset[str]:
    return frozenset(o for o in operands if isinstance(o, str) and o != ZERO)


def _space(mem: Mem) -> frozenset[str]:
    return frozenset({f"mem:{mem.space}"})


def op(mnemonic: str, dest: str, *sources: str | int, kind: Kind = "scalar") -> Insn:
    """dest = sources; integers are immediates."""
    return Insn(mnemonic, (dest, *sources), kind, _registers(*sources), _registers(dest))


def add(dest: str, a: str, b: str) -> Insn:
    return op("add", dest, a, b)


def spaced(pointers: Sequence[str], stride: str) -> list[Insn]:
    """Each pointer but the first = the one before + stride."""
    return [add(after, before, stride) for before, after in pairwise(pointers)]


def addi(dest: str, a: str, value: int) -> Insn:
    return op("addi", dest, a, value)


def shift(dest: str, a: str, count: int) -> Insn:
    """dest = a << count."""
    return op("slli", dest, a, count)


def move(dest: str, source: str) -> Insn:
    return op("mv", dest, source)


def constant(dest: str, value: int) -> Insn:
    return op("li", dest, value)


def load(mnemonic: str, dest: str, address: Mem) -> Insn:
    """ld, lw or flw."""
    reads = _registers(address.base) | _space(address)
    kind: Kind = "broadcast" if mnemonic == "flw" else "scalar"
    return Insn(mnemonic, (dest, address), kind, reads, _registers(dest))


def store(mnemonic: str, source: str, address: Mem) -> Insn:
    return Insn(mnemonic, (source, address), "store", _registers(source, address.base), _space(address))


def fused(dest: str, a: str, b: str, c: str) -> Insn:
    """dest = a * b + c."""
    return op("fmadd.s", dest, a, b, c, kind="fma")


def branch(mnemonic: str, *operands: str) -> Insn:
    """Registers to compare, then the label."""
    *registers, label = operands
    return Insn(mnemonic, (*registers, Label(label)), "branch", _registers(*registers))


def jump(label: str) -> Insn:
    return branch("j", label)


def ret() -> Insn:
    return Insn("ret", (), "ret", frozenset({"ra"}))


def save(registers: tuple[str, ...]) -> list[Insn]:
    """Puts registers that must be preserved onto the stack."""
    if not registers:
        return []
    out = [Insn("addi", ("sp", "sp", -_frame(registers)), "stack", frozenset({"sp"}), frozenset({"sp"}))]
    for i, register in enumerate(registers):
        name = "fsd" if register.startswith("f") else "sd"
        reads, writes = frozenset({register, "sp"}), frozenset({"mem:stack"})
        out.append(Insn(name, (register, Mem("sp", 8 * i, space="stack")), "stack", reads, writes))
    return out


def restore(registers: tuple[str, ...]) -> list[Insn]:
    """Takes them back and frees their place."""
    if not registers:
        return []
    out = []
    for i, register in enumerate(registers):
        name = "fld" if register.startswith("f") else "ld"
        reads, writes = frozenset({"sp", "mem:stack"}), frozenset({register})
        out.append(Insn(name, (register, Mem("sp", 8 * i, space="stack")), "stack", reads, writes))
    return [*out, Insn("addi", ("sp", "sp", _frame(registers)), "stack", frozenset({"sp"}), frozenset({"sp"}))]


def _frame(registers: tuple[str, ...]) -> int:
    """Bytes for them; the stack pointer stays a multiple of 16."""
    return -(-8 * len(registers) // 16) * 16
