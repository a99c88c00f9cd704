"""Constructors for the x86-64 instructions that the kernels use, with what each reads and writes.

Operands stand in AT&T order (sources first), as they are printed."""

from __future__ import annotations

from tensorop_gen.isa.program import Insn, Kind, Label, Mem, Operand

CALLEE_SAVED = ("rbx", "rbp", "r12", "r13", "r14", "r15")


def _whole(register: str) -> str:
    """The register that a name is part of: eax -> rax, r8d -> r8, xmm3 -> zmm3."""
    if register[1:3] == "mm":
        return f"z{register[1:]}"
    return register.removesuffix("d") if register[1:2].isdigit() else f"r{register.removeprefix('e').removeprefix('r')}"


def _regs(operand: Operand) -> set[str]:
    if isinstance(operand, Mem):
        return {r for r in (operand.base, operand.index) if r}
    if not isinstance(operand, str):
        return set()
    return {operand if operand.startswith("k") else _whole(operand)}


def _memory(operand: Operand) -> set[str]:
    return {f"mem:{operand.space}"} if isinstance(operand, Mem) else set()


def op(
    mnemonic: str,
    *operands: Operand,
    kind: Kind = "vector",
    update: bool = False,
    flags: bool = False,
    mask: str | None = None,
    zeroing: bool = False,
) -> Insn:
    """sources..., destination. `update`: the destination is read as well; `flags`: the flags are written."""
    *sources, dest = operands
    reads = {r for s in sources for r in _regs(s) | _memory(s)}
    if isinstance(dest, Mem) or update or (mask and not zeroing):
        reads |= _regs(dest)
    reads |= {mask} if mask else set()
    writes = _memory(dest) if isinstance(dest, Mem) else _regs(dest)
    return Insn(
        mnemonic, operands, kind, frozenset(reads), frozenset(writes | ({"flags"} if flags else set())), mask, zeroing
    )


def mov(source: Operand, dest: Operand) -> Insn:
    return op("movq", source, dest, kind="scalar")


def lea(address: Mem, dest: str) -> Insn:
    return Insn("leaq", (address, dest), "scalar", frozenset(_regs(address)), frozenset({dest}))


def add(source: Operand, dest: str) -> Insn:
    return op("addq", source, dest, kind="scalar", update=True, flags=True)


def sub(source: Operand, dest: str) -> Insn:
    return op("subq", source, dest, kind="scalar", update=True, flags=True)


def shift(mnemonic: str, count: int, dest: str) -> Insn:
    return op(mnemonic, count, dest, kind="scalar", update=True, flags=True)


def compare(source: Operand, other: str) -> Insn:
    reads = frozenset(_regs(source) | {other})
    return Insn("cmpq", (source, other), "scalar", reads, frozenset({"flags"}))


def compare_memory(value: int, address: Mem) -> Insn:
    """Four bytes in memory against a constant."""
    return Insn("cmpl", (value, address), "scalar", frozenset(_regs(address) | _memory(address)), frozenset({"flags"}))


def test(register: str) -> Insn:
    return Insn("testq", (register, register), "scalar", frozenset({register}), frozenset({"flags"}))


def test_bits(bits: int, where: Operand) -> Insn:
    """Whether any of the given bits is set, of the low byte of memory or of a 32-bit register."""
    mnemonic = "testb" if isinstance(where, Mem) else "testl"
    reads = frozenset(_regs(where) | _memory(where))
    return Insn(mnemonic, (bits, where), "scalar", reads, frozenset({"flags"}))


def jump(mnemonic: str, label: str) -> Insn:
    reads = frozenset() if mnemonic == "jmp" else frozenset({"flags"})
    return Insn(mnemonic, (Label(label),), "branch", reads)


def prefetch(address: Mem, level: int = 1) -> Insn:
    """Into the cache of a level and those behind it."""
    return Insn(f"prefetcht{level - 1}", (address,), "prefetch", frozenset(_regs(address)))


def push(register: str) -> Insn:
    return Insn("pushq", (register,), "stack", frozenset({register, "rsp"}), frozenset({"rsp", "mem:stack"}))


def pop(register: str) -> Insn:
    return Insn("popq", (register,), "stack", frozenset({"rsp", "mem:stack"}), frozenset({register, "rsp"}))


def ret() -> Insn:
    return Insn("retq", (), "ret", frozenset({"rsp"}))


def plain(mnemonic: str) -> Insn:
    return Insn(mnemonic, (), "vector")
