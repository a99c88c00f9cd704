"""What the rules for kernels of unknown origin are on AArch64, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re

from tensorop_gen.isa.lift.effect import NOTHING, READ, Access, Effect, How, Lifter, Terms, functions_of
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.disassembly import in_order, named, read_function
from tensorop_gen.isa.neon.text import shown
from tensorop_gen.isa.program import Insn, Mem

_ZERO = "xzr"
_BYTES = {"x": 8, "w": 4, "q": 16, "d": 8, "s": 4, "h": 2}
_CHOOSING = re.compile(r"cs(el|inc|inv|neg|et|etm)|cin[cv]|cneg")
_COMPARING = re.compile(r"cm(eq|ge|gt|hi|hs|tst)")


@functools.lru_cache(maxsize=4096)
def _effect(insn: Insn) -> Effect:
    if insn.kind in ("branch", "ret"):
        return Effect(decides=_tested(insn))
    address = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if address:
        return _memory(insn, address)
    decides: Terms = ()
    if _CHOOSING.fullmatch(insn.mnemonic):
        decides = functions_of({"flags"})
    elif _COMPARING.fullmatch(insn.mnemonic):
        decides = functions_of(insn.reads)
    compares = insn.mnemonic in ("cmp", "ccmp")
    return Effect(_terms(insn), insn.writes, decides, _same_as(insn), _one_of(insn), compares)


def _tested(insn: Insn) -> Terms:
    match insn.mnemonic, insn.operands:
        case (("cbz" | "cbnz"), (str(register), _)) if _whole(register):
            return ((register, 1),)
    return functions_of(insn.reads if insn.kind == "branch" else ())


def _terms(insn: Insn) -> Terms:
    """Of whole registers only: half of a pointer is none."""
    match insn.mnemonic, insn.operands:
        case ("add" | "adds" | "sub" | "subs") as name, (str(dest), str(one), str(other), *how) if _whole(dest, one):
            return (one, 1), *_times(1 if name.startswith("add") else -1, other, bool(how))
        case "cmp", (str(one), str(other), *how) if _whole(one):
            return (one, 1), *_times(-1, other, bool(how))
        case "ccmp", (str(one), (str() | 0) as other, *_) if _whole(one):
            return (one, 1), *(_times(-1, other, False) if isinstance(other, str) else ())
        case (("madd" | "msub"), (str(dest), str(one), str(other), str(term))) if _whole(dest, term):
            return (term, 1), *functions_of(named(one)), *functions_of(named(other))
        case "csel", (str(dest), *_) if _whole(dest):
            return ()
    return functions_of(insn.reads)


def _times(factor: int, operand: str, shifted: bool) -> Terms:
    return tuple((name, factor if _whole(operand) and not shifted else 0) for name in named(operand))


def _same_as(insn: Insn) -> tuple[str, int] | None:
    """Where the result is a register and a constant."""
    match insn.mnemonic, insn.operands:
        case "mov", (str(dest), str(source)) if _whole(dest, source):
            return source, 0
        case "fmov", (str(dest), str(source)) if _is_double(dest, source) or _is_double(source, dest):
            return next(iter(named(source))), 0
        case ("add" | "adds" | "sub" | "subs") as name, (str(dest), str(one), int(by)) if _whole(dest, one):
            return one, by if name.startswith("add") else -by
        case "cmp", (str(one), int(by)) if _whole(one):
            return one, -by
    return None


def _one_of(insn: Insn) -> tuple[str, ...]:
    match insn.mnemonic, insn.operands:
        case "csel", (str(dest), str(one), str(other), _) if _whole(dest):
            return one, other
        case "ccmp", _:
            return ("flags",)
    return ()


def _whole(*registers: str) -> bool:
    return all(register == "sp" or re.fullmatch(r"x\d+", register) for register in registers)


def _is_double(vector: str, register: str) -> bool:
    """A pointer may be kept in a vector register."""
    return bool(re.fullmatch(r"d\d+", vector)) and _whole(register)


def _memory(insn: Insn, address: Mem) -> Effect:
    at = insn.operands.index(address)
    registers, behind = [str(o) for o in insn.operands[:at]], insn.operands[at + 1 :]
    moved = (
        (address.base, behind[0] if isinstance(behind[0], int) else next(iter(named(behind[0])))) if behind else None
    )
    if insn.kind == "prefetch":
        return Effect(moved=moved, access=Access(address, "prefetch"))
    writes = any(name.startswith("mem:") for name in insn.writes)
    how: How = "write" if writes else "read"
    data = [r for operand in registers for r in in_order(operand) or [_ZERO]]
    if any("[" in operand for operand in registers):  # a lane: the others stay
        results = NOTHING if writes else frozenset(data)
        return Effect(functions_of((*data, READ)), results, moved=moved, access=Access(address, how))
    return Effect(moved=moved, access=Access(address, how, _size(insn.mnemonic, registers[0]), tuple(data)))


def _size(mnemonic: str, register: str) -> int:
    """Bytes of each register; 0 for lists, which are not taken to the stack."""
    if small := re.fullmatch(r"(?:ld|st)u?r(?:s?([bhw]))", mnemonic):
        return {"b": 1, "h": 2, "w": 4}[small[1]]
    return _BYTES.get(register[0], 0)


def _takes_down(insn: Insn) -> bool:
    return insn.kind == "ret" or (insn.kind == "stack" and insn.mnemonic in ("ldp", "ldr", "add"))


NEON_LIFTER = Lifter(
    read=read_function,
    effect=_effect,
    shown=shown,
    jump=asm.jump,
    takes_down=_takes_down,
    arguments=tuple(f"x{i}" for i in range(8)),
    saved=(*asm.CALLEE_SAVED, "x29", "x30"),
    stack="sp",
    zero=_ZERO,
)
