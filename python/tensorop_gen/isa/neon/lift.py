"""What the rules for kernels of unknown origin are on AArch64, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re

from tensorop_gen.isa.lift.effect import NOTHING, Access, Effect, How, Lifter
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
        return Effect(decides=insn.reads if insn.kind == "branch" else NOTHING)
    address = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if address:
        return _memory(insn, address)
    decides = NOTHING
    if _CHOOSING.fullmatch(insn.mnemonic):
        decides = frozenset({"flags"})
    elif _COMPARING.fullmatch(insn.mnemonic):
        decides = insn.reads
    return Effect(insn.reads, insn.writes, decides, _same_as(insn))


def _same_as(insn: Insn) -> tuple[str, int] | None:
    """Where the result is a register and a constant."""
    match insn.mnemonic, insn.operands:
        case "mov", (str(dest), str(source)) if _is_whole(dest) and _is_whole(source):
            return source, 0
        case ("add" | "sub") as name, (str(dest), str(source), int(value)) if _is_whole(dest) and _is_whole(source):
            return source, value if name == "add" else -value
    return None


def _is_whole(register: str) -> bool:
    return register == "sp" or bool(re.fullmatch(r"x\d+", register))


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
        sources = frozenset(data)
        return Effect(sources, NOTHING if writes else sources, moved=moved, access=Access(address, how))
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
