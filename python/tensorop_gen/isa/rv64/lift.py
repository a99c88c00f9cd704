"""What the rules for kernels of unknown origin are on RISC-V, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence

from tensorop_gen.isa.lift.effect import READ, Access, Effect, How, Lifter, Terms, functions_of
from tensorop_gen.isa.program import Insn, Mem, Operand, Program
from tensorop_gen.isa.rv64 import asm
from tensorop_gen.isa.rv64.disassembly import no_vectors, read_function
from tensorop_gen.isa.rv64.text import line

_BYTES = {"b": 1, "h": 2, "w": 4, "d": 8}
_COMPARING = re.compile(r"sltiu?|f(eq|lt|le)\.s|vsetvli")


def shown(insn: Insn) -> str:
    """One instruction, for a message."""
    return " ".join(line(insn).split())


@functools.lru_cache(maxsize=4096)
def effect(insn: Insn) -> Effect:
    if insn.kind in ("branch", "ret"):
        return Effect(decides=_difference(insn.operands[:-1]))
    address = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if address is None:
        return _plain(insn)
    if insn.mnemonic.startswith("v"):
        return _vectors(insn, address)
    size = _BYTES[insn.mnemonic.removesuffix("u")[-1]]
    how: How = "write" if any(name.startswith("mem:") for name in insn.writes) else "read"
    return Effect(access=Access(address, how, size, (str(insn.operands[0]),)))


def _plain(insn: Insn) -> Effect:
    if insn.mnemonic == "add":
        return Effect(tuple((str(o), 1) for o in insn.operands[1:]), insn.writes)
    if insn.mnemonic == "sub":
        return Effect(_difference(insn.operands[1:]), insn.writes)
    if insn.mnemonic in ("slt", "sltu", "seqz", "snez", "sltz", "sgtz"):
        compared = _difference(insn.operands[1:])
        return Effect(compared, insn.writes, compared, compares=True)
    terms = functions_of(insn.reads)
    decides = terms if _COMPARING.fullmatch(insn.mnemonic) else ()
    return Effect(terms, insn.writes, decides, _same_as(insn))


def _difference(operands: Sequence[Operand]) -> Terms:
    """Of one register or two."""
    return tuple((str(o), factor) for o, factor in zip(operands, (1, -1), strict=False) if o != asm.ZERO)


def _vectors(insn: Insn, address: Mem) -> Effect:
    """Vectors have no place on the stack: their length is not known."""
    beside = frozenset(str(o) for o in insn.operands[2:]) - {asm.ZERO}
    data = frozenset(r for r in insn.reads | insn.writes if r[0] == "v" and r != "vl")
    if any(name.startswith("mem:") for name in insn.writes):
        return Effect(access=Access(address, "write", beside=beside))
    return Effect(((READ, 0),), data, access=Access(address, "read", beside=beside))


def _same_as(insn: Insn) -> tuple[str, int] | None:
    """Where the result is a register and a constant."""
    match insn.mnemonic, insn.operands:
        case "mv", (_, str(source)):
            return source, 0
        case "addi", (_, str(source), int(value)):
            return source, value
    return None


def _takes_down(insn: Insn) -> bool:
    return insn.kind == "ret" or (insn.kind == "stack" and (insn.mnemonic in ("ld", "fld") or _grows(insn) > 0))


def _grows(insn: Insn) -> int:
    found = effect(insn).same_as
    return found[1] if found else 0


def make_lifter(read: Callable[[Iterable[str]], Program]) -> Lifter:
    return Lifter(
        read=read,
        effect=effect,
        shown=shown,
        jump=asm.jump,
        takes_down=_takes_down,
        arguments=tuple(f"a{i}" for i in range(8)),
        saved=(*asm.SAVED, *asm.FLOAT_SAVED, "ra"),
        stack="sp",
        zero=asm.ZERO,
    )


RV64_LIFTER = make_lifter(functools.partial(read_function, vectors=no_vectors))
