"""RVV 0.7.1 (XTheadVector) as instruction words, so that any assembler will do.

Arithmetic is encoded as in RVV 1.0 but for what moves single elements; vsetvli and memory accesses differ. The words
are those of "RISC-V V Vector Extension 0.7.1", chapters 6, 7 and 19, which binutils' xtheadvector follows."""

from __future__ import annotations

import re

from tensorop_gen.isa.program import Insn, Mem
from tensorop_gen.isa.rv64.asm import ZERO

_OP_V, _LOAD_FP, _STORE_FP = 0b1010111, 0b0000111, 0b0100111
_SETVL, _FVV, _FVF, _IVI = 0b111, 0b001, 0b101, 0b011  # funct3
_ELEMENT = 0b111  # width of a memory access: that of the elements
_UNIT, _STRIDED = 0b000, 0b010  # addressing
_UNMASKED = 1 << 25
_E32 = 2 << 2

# mnemonic: funct6, funct3
_ARITHMETIC = {
    "vfmacc.vf": (0b101100, _FVF),
    "vfmacc.vv": (0b101100, _FVV),
    "vfmul.vf": (0b100100, _FVF),
    "vfmv.v.f": (0b010111, _FVF),
    "vmv.v.i": (0b010111, _IVI),
    "vfredusum.vs": (0b000001, _FVV),  # 0.7.1 calls it vfredsum.vs
    "vfmv.f.s": (0b001100, _FVV),
}


def _number(register: str) -> int:
    """The number of a scalar, float or vector register."""
    if register == ZERO:
        return 0
    kind, digits = re.fullmatch(r"([a-z]+)(\d+)", register).groups()  # type: ignore[union-attr]  # never another form
    n = int(digits)
    first = {
        "v": 0,
        "t": 5 if n < 3 else 25,
        "s": 8 if n < 2 else 16,
        "a": 10,
        "ft": 0 if n < 8 else 20,
        "fs": 8 if n < 2 else 16,
        "fa": 10,
    }
    return first[kind] + n


def _fields(mnemonic: str, operands: list[str]) -> tuple[int, int, int]:
    """vd, vs1 (or what stands in its place), vs2."""
    if mnemonic == "vmv.v.i":
        return _number(operands[0]), int(operands[1]), 0
    dest, *sources = map(_number, operands)
    if mnemonic == "vfmv.v.f":
        return dest, sources[0], 0
    if mnemonic == "vfmv.f.s":
        return dest, 0, sources[0]
    first, second = sources
    return (dest, first, second) if mnemonic.startswith("vfmacc") else (dest, second, first)


def _memory(insn: Insn) -> int:
    register, address, *stride = insn.operands
    assert isinstance(register, str)
    assert isinstance(address, Mem)
    opcode = _LOAD_FP if insn.mnemonic.startswith("vl") else _STORE_FP
    word = (_STRIDED if stride else _UNIT) << 26 | _UNMASKED
    word |= _number(str(stride[0])) << 20 if stride else 0
    return word | _number(address.base) << 15 | _ELEMENT << 12 | _number(register) << 7 | opcode


def word(insn: Insn) -> int | None:
    """The instruction word of a vector instruction; None for any other."""
    if insn.mnemonic == "vsetvli":
        dest, wanted, _, group, *_ = map(str, insn.operands)
        vtype = _E32 | (int(group[1:]).bit_length() - 1)
        return vtype << 20 | _number(wanted) << 15 | _SETVL << 12 | _number(dest) << 7 | _OP_V
    if insn.mnemonic in ("vle32.v", "vlse32.v", "vse32.v", "vsse32.v"):
        return _memory(insn)
    if insn.mnemonic not in _ARITHMETIC:
        return None
    funct6, funct3 = _ARITHMETIC[insn.mnemonic]
    vd, vs1, vs2 = _fields(insn.mnemonic, [str(o) for o in insn.operands])
    return funct6 << 26 | _UNMASKED | vs2 << 20 | vs1 << 15 | funct3 << 12 | vd << 7 | _OP_V
