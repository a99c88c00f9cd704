"""What the rules for kernels of unknown origin are on RISC-V, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from tensorop_gen.isa.lift.effect import NOTHING, Access, Effect, How, Lifter
from tensorop_gen.isa.program import Insn, Mem, Program
from tensorop_gen.isa.rv64 import asm
from tensorop_gen.isa.rv64.disassembly import no_vectors, read_function
from tensorop_gen.isa.rv64.text import line

_BYTES = {"b": 1, "h": 2, "w": 4, "d": 8}
_COMPARING = re.compile(r"slti?u?|seqz|snez|sltz|sgtz|f(eq|lt|le)\.s")


def shown(insn: Insn) -> str:
    """One instruction, for a message."""
    return " ".join(line(insn).split())


@functools.lru_cache(maxsize=4096)
def effect(insn: Insn) -> Effect:
    if insn.kind in ("branch", "ret"):
        return Effect(decides=insn.reads if insn.kind == "branch" else NOTHING)
    address = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if address is None:
        decides = insn.reads if _COMPARING.fullmatch(insn.mnemonic) or insn.mnemonic == "vsetvli" else NOTHING
        return Effect(insn.reads, insn.writes, decides, _same_as(insn))
    if insn.mnemonic.startswith("v"):
        return _vectors(insn, address)
    size = _BYTES[insn.mnemonic.removesuffix("u")[-1]]
    how: How = "write" if any(name.startswith("mem:") for name in insn.writes) else "read"
    return Effect(access=Access(address, how, size, (str(insn.operands[0]),)))


def _vectors(insn: Insn, address: Mem) -> Effect:
    """Vectors have no place on the stack: their length is not known."""
    beside = frozenset(str(o) for o in insn.operands[2:]) - {asm.ZERO}
    data = frozenset(r for r in insn.reads | insn.writes if r[0] == "v" and r != "vl")
    if any(name.startswith("mem:") for name in insn.writes):
        return Effect(data, access=Access(address, "write", beside=beside))
    return Effect(results=data, access=Access(address, "read", beside=beside))


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
