"""What differs between instruction sets for the author that asks a model: a row is all that one more needs here, with a
lifter (isa/lifters.py) and an example of the form (llm/templates/examples/)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tensorop_gen.author.llm.assembly_text import ARM_TEXT, RISCV_TEXT, X86_TEXT, Dialect


@dataclass(frozen=True, slots=True)
class Row:
    """flags: of GCC for assembly and C; c_flags: for C beside these; takes_c: whether C is taken, with `header` for its
    intrinsics; objdump: options. For the prompt: example: which; assembler: its name and syntax; convention: of calls;
    stack: how it may move; rules: what else is checked."""

    flags: tuple[str, ...]
    dialect: Dialect
    example: str
    assembler: str
    convention: str
    stack: str
    c_flags: tuple[str, ...] = ()
    takes_c: bool = True
    header: str = ""
    objdump: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


_AVX2 = Row(
    flags=("-march=x86-64-v3",),
    dialect=X86_TEXT,
    example="x86",
    assembler="GNU (AT&T or .intel_syntax noprefix)",
    convention="System V calling convention, callee-saved registers restored, vzeroupper before it returns where "
    "vectors wider than 128 bits were used",
    stack="push, pop and constants only",
    c_flags=(
        "-fcf-protection=none",
        # So that it does not align the stack; loads from there are made unaligned ones afterwards.
        "-mincoming-stack-boundary=6",
        "-mpreferred-stack-boundary=6",
    ),
    header="<immintrin.h>",
    objdump=("-M", "suffix"),
)
_NEON = Row(
    flags=("-march=armv8-a",),
    dialect=ARM_TEXT,
    example="neon",
    assembler="GNU AArch64",
    convention="AAPCS64 calling convention (arguments in x0 to x5), x19 to x30 and the low halves of v8 to v15 (d8 "
    "to d15) restored, x18 never touched",
    stack="constants only, in multiples of 16",
    c_flags=("-mbranch-protection=none", "-ffixed-x18"),
    header="<arm_neon.h>",
    rules=(
        "NEON of ARMv8-A: no SVE, no dot products. Addresses are 64-bit registers with a constant or a 64-bit index; "
        "constants come from mov and movk, not from `ldr =`.",
    ),
)
_RV64 = Row(
    flags=("-march=rv64gc", "-mabi=lp64d", "-Wa,-mno-relax"),
    dialect=RISCV_TEXT,
    example="rv64",
    assembler="GNU RISC-V",
    convention="the lp64d calling convention (arguments in a0 to a5), s0 to s11, fs0 to fs11 and ra restored, gp and "
    "tp never touched",
    stack="addi with constants only, in multiples of 16",
    c_flags=("-msmall-data-limit=0",),
    rules=(
        "RV64GC without vectors: a vector is one float register. Nothing is prefetched: the baseline has no such "
        "instruction. In C write `__builtin_fmaf` for the fused multiply-add.",
    ),
)
_RVV = replace(
    _RV64,
    flags=("-march=rv64gcv", "-mabi=lp64d", "-Wa,-mno-relax"),
    example="rvv",
    takes_c=False,
    c_flags=(),
    rules=(
        "The kernel works for every VLEN from 128 to 1024. vsetvli has e32 and m1 to m8; give it the number of "
        "elements in a register. Allowed vector instructions: vle32.v, vse32.v, vlse32.v, vsse32.v, vfmacc, "
        "vfmadd, vfmsac, vfmsub and their negatives, vfmul, vfadd, vfsub (.vv and .vf), vfmv.v.f, vmv.v.x, "
        "vmv.v.i, vmv.v.v, vxor.vv. None is masked: vl says which elements take part.",
        "Elements above vl are not set by an instruction: read a vector register under the vl that it was written "
        "under, or write it under the longest (as for a whole panel) first. No vector is kept on the stack.",
        "Nothing is prefetched: the baseline has no such instruction.",
    ),
)
_RVV071 = replace(
    _RVV,
    rules=(
        "The CPU has RVV 0.7.1. Write the text of RVV 1.0, of which what both dialects have is taken and encoded for "
        "0.7.1: vsetvli with e32, m1 to m8 and the number of elements in a register, vle32.v, vse32.v, vlse32.v, "
        "vsse32.v, vfmacc.vf, vfmacc.vv, vfmul.vf, vfmv.v.f, vmv.v.i; none masked, no vsetivli, no moves of "
        "whole registers.",
        "In 0.7.1 each instruction zeroes the elements of its destination above vl: never shorten vl while sums are "
        "kept. Read a vector register under the vl that it was written under, or write it under the longest first. No "
        "vector is kept on the stack.",
        "Nothing is prefetched: the baseline has no such instruction.",
    ),
)
ROWS: Mapping[str, Row] = {
    "avx2": _AVX2,
    "avx512": replace(_AVX2, flags=("-march=x86-64-v4",)),
    "neon": _NEON,
    "rv64": _RV64,
    "rvv": _RVV,
    "rvv071": _RVV071,
}
