"""What the rules for kernels of unknown origin are on x86-64, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import replace

from tensorop_gen.isa.lift.effect import NOTHING, READ, Access, Effect, Lifter, Terms, functions_of
from tensorop_gen.isa.program import Block, Insn, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.disassembly import read_function, whole
from tensorop_gen.isa.x86.forms import CONDITIONS
from tensorop_gen.isa.x86.text import shown

_VECTORS = {"x": 16, "y": 32, "z": 64}
_SIZES = (  # 0: of the vector register
    (r"(mov[sz]|cmp|test|bt)b[lq]?", 1),
    (r"(mov[sz]|cmp|test|bt)w[lq]?", 2),
    (r"[a-z]+ss|vmovd|vp?(extr|insr)(d|ps)|vpbroadcastd|(mov|add|sub|and|or|xor|imul|cmp|test)l|movslq", 4),
    (r"vmovq|vmovsd|vbroadcastsd|vpbroadcastq|(mov|add|sub|and|or|xor|imul|cmp|test)q", 8),
    (r"vmov[ua]p[sd]|vmovdq[ua](8|16|32|64)?|vfn?m[a-z]+\d+ps|v(add|sub|mul|xor|and|or)ps", 0),
)
# The flags are two: of carry, and the others. Some instructions leave one of these, or both, as they were.
_CARRY = "carry"
_KEEPING = (
    (r"(inc|dec)[lq]", frozenset({_CARRY})),
    (r"imul[lq]|bt[wlq]", frozenset({"flags"})),
    (r"(shl|shr|sar|sal)[lq]", frozenset({"flags", _CARRY})),  # by nothing
)
_CONDITION = re.compile(rf"(?:j|cmov|set)({CONDITIONS})[lq]?")


def _read(lines: Iterable[str], wide: bool) -> Program:
    program = read_function(lines)
    if not wide:
        _check_registers(program)
    return Program(tuple(Block(b.label, tuple(map(_unaligned, b.insns))) for b in program.blocks))


def _check_registers(program: Program) -> None:
    for insn in program.insns:
        masks = any(r[0] == "k" or (r.startswith("zmm") and int(r[3:]) > 15) for r in insn.reads | insn.writes)
        if masks or any(isinstance(o, str) and o.startswith("zmm") for o in insn.operands):
            raise Refused("instruction", "needs AVX-512, which the target has not", shown(insn))


def _unaligned(insn: Insn) -> Insn:
    """A compiler may have been told that the stack is aligned for vectors, which it is not."""
    if not any(isinstance(o, Mem) and o.base == "rsp" for o in insn.operands):
        return insn
    return replace(insn, mnemonic=re.sub(r"^vmov(dq)?a", r"vmov\1u", insn.mnemonic))


@functools.lru_cache(maxsize=4096)
def _effect(insn: Insn) -> Effect:
    if insn.kind in ("branch", "ret"):
        return Effect(decides=_decides(insn))
    if insn.mnemonic in ("pushq", "popq"):
        return _pushed_or_popped(insn)
    results = frozenset(name for name in insn.writes if not name.startswith("mem:"))
    results |= {_CARRY} if "flags" in results else set()
    keeps = _keeps(insn)
    compares = insn.mnemonic in ("cmpq", "testq")
    return Effect(
        _terms(insn), results, _decides(insn), _same_as(insn), _one_of(insn), compares, keeps, access=_access(insn)
    )


def _terms(insn: Insn) -> Terms:
    """Of whole registers, and words as long, only: half of a pointer is none."""
    match insn.mnemonic, insn.operands:
        case "addq", (source, dest):
            return _times(dest, 1) + _times(source, 1)
        case (("subq" | "cmpq"), (source, dest)):
            return _times(dest, 1) + _times(source, -1)
        case "testq", (str(one), str(other)) if one == other:
            return _times(one, 1)
        case "leaq", (Mem() as address, _):
            return _times(address.base, 1) + _times(address.index or "", address.scale)
    return () if _one_of(insn) else _functions(insn)


def _times(operand: Operand, factor: int) -> Terms:
    return ((_name(operand), factor),) if operand and not isinstance(operand, int) else ()


def _name(operand: Operand) -> str:
    return whole(operand) if isinstance(operand, str) else READ


def _functions(insn: Insn) -> Terms:
    """Registers that only form an address are no part of the result."""
    registers = frozenset(name for name in insn.reads if not name.startswith("mem:"))
    if not insn.mnemonic.startswith("lea"):
        registers &= {whole(o) for o in insn.operands if isinstance(o, str)} | {"flags", insn.mask}
    return functions_of((*registers, READ))


def _pushed_or_popped(insn: Insn) -> Effect:
    register = str(insn.operands[0])
    if insn.mnemonic == "pushq":
        access = Access(Mem("rsp", -8), "write", 8, (register,))
        return Effect(results=frozenset({"rsp"}), same_as=("rsp", -8), access=access)
    return Effect(results=frozenset({"rsp"}), same_as=("rsp", 8), access=Access(Mem("rsp"), "read", 8, (register,)))


def _keeps(insn: Insn) -> frozenset[str]:
    if insn.mnemonic[:2] in ("sh", "sa") and isinstance(insn.operands[0], int) and insn.operands[0] % 32:
        return NOTHING
    return next((kept for pattern, kept in _KEEPING if re.fullmatch(pattern, insn.mnemonic)), NOTHING)


def _decides(insn: Insn) -> Terms:
    """Conditional moves, and masks made from elements, choose as jumps do."""
    if match := _CONDITION.fullmatch(insn.mnemonic):
        carry, both = (re.fullmatch(pattern, match[1]) for pattern in ("n?(b|ae|c)", "n?(a|be)"))
        return functions_of([_CARRY] if carry else ["flags", _CARRY] if both else ["flags"])
    makes_mask = insn.mnemonic.startswith("vpmov") and insn.mnemonic.endswith("2m")
    return _functions(insn) if makes_mask or insn.mnemonic.startswith("vpcmp") else ()


def _same_as(insn: Insn) -> tuple[str, int] | None:
    """Where the result is a register, or what is read, and a constant; the stack pointer is moved by plain arithmetic
    only."""
    match insn.mnemonic, insn.operands:
        case ("addq" | "subq" | "cmpq") as name, (int(by), dest):
            return _name(dest), by if name == "addq" else -by
        case _, (*_, "rsp"):
            return None
        case ("incq" | "decq") as name, (dest,):
            return _name(dest), 1 if name == "incq" else -1
        case (("movq" | "vmovq"), (str() | Mem() as source, _)):
            return _name(source), 0
        case "leaq", (Mem(base=base, disp=disp, index=None), _) if base:
            return base, disp
    return None


def _one_of(insn: Insn) -> tuple[str, ...]:
    if re.fullmatch(rf"cmov({CONDITIONS})q", insn.mnemonic):
        return tuple(map(_name, insn.operands))
    return ()


def _access(insn: Insn) -> Access | None:
    address = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if address is None or insn.mnemonic.startswith("lea"):
        return None
    if insn.kind == "prefetch":
        return Access(address, "prefetch")
    reads, writes = (any(r.startswith("mem:") for r in names) for names in (insn.reads, insn.writes))
    return Access(address, "both" if reads and writes else "write" if writes else "read", _size(insn))


def _size(insn: Insn) -> int:
    """Bytes of an access, 0 where they are not plain to see."""
    for pattern, bytes_ in _SIZES:
        if re.fullmatch(pattern, insn.mnemonic) and not insn.mask:
            return bytes_ or max(_VECTORS[str(o)[0]] for o in insn.operands if _is_vector(o))
    return 0


def _is_vector(operand: Operand) -> bool:
    return isinstance(operand, str) and operand[1:3] == "mm"


def _takes_down(insn: Insn) -> bool:
    return insn.mnemonic in ("retq", "popq", "vzeroupper") or (insn.kind == "stack" and insn.mnemonic == "addq")


def _lifter(bits: int) -> Lifter:
    return Lifter(
        read=functools.partial(_read, wide=bits == 512),
        effect=_effect,
        shown=shown,
        jump=functools.partial(asm.jump, "jmp"),
        takes_down=_takes_down,
        arguments=("rdi", "rsi", "rdx", "rcx", "r8", "r9"),
        saved=asm.CALLEE_SAVED,
        stack="rsp",
        aligned=8,
        red_zone=128,
    )


AVX2_LIFTER, AVX512_LIFTER = _lifter(256), _lifter(512)
