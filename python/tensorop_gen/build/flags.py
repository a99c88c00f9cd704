"""The one table of compiler flags: for candidates here, and for the emitted library.

All C is compiled for the baseline of the architecture: vector instructions stand in .S files only."""

from __future__ import annotations

from typing import Literal

# How a compiler wants to be told of the architecture: `zig cc` takes no -march, and LLVM's CPU names with underscores.
Style = Literal["gnu", "zig"]

_C = (
    "-std=c11",
    "-O3",
    "-fPIC",
    "-fvisibility=hidden",
    # Where C rounds is part of the result: the same for each compiler, and for whole and edge tiles.
    "-ffp-contract=off",
)
_ASM = ("-fPIC",)

# The baseline of each architecture.
_BASELINE: dict[Style, dict[str, tuple[str, ...]]] = {
    "gnu": {
        "x86_64": ("-march=x86-64",),
        "aarch64": ("-march=armv8-a",),
        "riscv64": ("-march=rv64gc", "-mabi=lp64d"),
    },
    "zig": {
        "x86_64": ("-mcpu=x86_64",),
        "aarch64": ("-mcpu=generic+reserve_x18",),  # its C library is compiled with it too
        "riscv64": ("-mcpu=baseline_rv64", "-mabi=lp64d"),
    },
}
# Marks for branch tracking, without which the linker drops them for the library; x18, which some systems keep to
# themselves, is never touched.
_RULES: dict[str, tuple[str, ...]] = {
    "x86_64": ("-fcf-protection=full",),
    "aarch64": ("-mbranch-protection=standard", "-ffixed-x18"),
    "riscv64": (),
}

# What the assembler must take before a kernel of this instruction set is worth writing.
ASM_PROBE: dict[str, tuple[str, ...]] = {
    "avx512": ("vfmadd231ps (%rax){1to16}, %zmm0, %zmm1{%k1}",),
    "avx2": ("vfmadd231ps %ymm0, %ymm1, %ymm2", "bzhil %eax, %ebx, %ecx"),
    "neon": ("fmla v0.4s, v1.4s, v2.s[0]", "hint #34"),
    "rvv": (".option arch, +v", "vfmacc.vf v0, ft0, v2"),
    "rvv071": (),  # words
    "rv64": ("fmadd.s ft0, ft1, ft2, ft3",),
    "generic": (),
}


def architectures() -> tuple[str, ...]:
    """Those that a library can be built for, as triples spell them."""
    return tuple(sorted(_BASELINE["gnu"]))


def _baseline(triple: str, style: Style) -> tuple[str, ...]:
    arch = triple.split("-")[0]
    known = _BASELINE[style]
    if arch not in known:
        raise ValueError(f"no compiler flags are known for {triple}; known: {', '.join(sorted(known))}")
    return known[arch]


def c_flags(triple: str, style: Style = "gnu") -> tuple[str, ...]:
    """For a .c file of the library."""
    return (*_C, *_baseline(triple, style), *_RULES[triple.split("-")[0]])


def asm_flags(triple: str, style: Style = "gnu") -> tuple[str, ...]:
    """For a .S file of the library. Assemblers for x86 know all its instructions, unless a baseline takes some away."""
    return _ASM if triple.startswith("x86_64-") else (*_ASM, *_baseline(triple, style))
