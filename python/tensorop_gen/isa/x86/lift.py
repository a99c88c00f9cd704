"""What the rules for kernels of unknown origin are on x86-64, and what each instruction does to values there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import replace

from tensorop_gen.isa.lift.effect import NOTHING, Access, Effect, Lifter
from tensorop_gen.isa.program import Block, Insn, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.disassembly import read_function, whole
from tensorop_gen.isa.x86.text import shown

_VECTORS = {"x": 16, "y": 32, "z": 64}
_SIZES = (  # 0: of the vector register
    (r"[a-z]+ss|vmovd|vp?(extr|insr)(d|ps)|vpbroadcastd|(mov|add|sub|and|or|xor|imul|cmp|test)l|movslq", 4),
    (r"vmovq|vmovsd|vbroadcastsd|vpbroadcastq|(mov|add|sub|and|or|xor|imul|cmp|test)q", 8),
    (r"vmov[ua]p[sd]|vmovdq[ua](8|16|32|64)?|vfn?m[a-z]+\d+ps|v(add|sub|mul|xor|and|or)ps", 0),
)


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
        return Effect(decides=insn.reads if insn.kind == "branch" else NOTHING)
    if insn.mnemonic in ("pushq", "popq"):
        return _pushed_or_popped(insn)
    registers = frozenset(name for name in insn.reads if not name.startswith("mem:"))
    results = frozenset(name for name in insn.writes if not name.startswith("mem:"))
    sources = registers
    if not insn.mnemonic.startswith("lea"):  # registers that only form an address are no part of the result
        sources &= {whole(o) for o in insn.operands if isinstance(o, str)} | {"flags", insn.mask}
    return Effect(sources, results, _decides(insn, sources), _same_as(insn), access=_access(insn))


def _pushed_or_popped(insn: Insn) -> Effect:
    register = str(insn.operands[0])
    if insn.mnemonic == "pushq":
        access = Access(Mem("rsp", -8), "write", 8, (register,))
        return Effect(results=frozenset({"rsp"}), same_as=("rsp", -8), access=access)
    return Effect(results=frozenset({"rsp"}), same_as=("rsp", 8), access=Access(Mem("rsp"), "read", 8, (register,)))


def _decides(insn: Insn, sources: frozenset[str]) -> frozenset[str]:
    """Conditional moves, and masks made from elements, choose as jumps do."""
    if insn.mnemonic.startswith(("cmov", "set")):
        return frozenset({"flags"})
    makes_mask = insn.mnemonic.startswith("vpmov") and insn.mnemonic.endswith("2m")
    return sources if makes_mask or insn.mnemonic.startswith("vpcmp") else NOTHING


def _same_as(insn: Insn) -> tuple[str, int] | None:
    """Where the result is a register and a constant; the stack pointer is moved by plain arithmetic only."""
    *sources, dest = insn.operands or ("",)
    source = sources[0] if sources else ""
    if not isinstance(dest, str):
        return None
    if insn.mnemonic in ("addq", "subq") and isinstance(source, int):
        return whole(dest), source if insn.mnemonic == "addq" else -source
    if dest == "rsp":
        return None
    if insn.mnemonic == "movq" and isinstance(source, str) and source:
        return whole(source), 0
    if insn.mnemonic == "leaq" and isinstance(source, Mem) and source.base and not source.index:
        return source.base, source.disp
    return None


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
