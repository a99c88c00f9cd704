"""The one table of compiler flags: for candidates here, and for the emitted library.

All C is compiled for the baseline of the architecture: vector instructions stand in .S files only."""

from __future__ import annotations

_C = (
    "-std=c11",
    "-O3",
    "-fPIC",
    "-fvisibility=hidden",
    # Where C rounds is part of the result: the same for each compiler, and for whole and edge tiles.
    "-ffp-contract=off",
)
_ASM = ("-fPIC",)

# Per architecture: its baseline and the marks for branch tracking, without which the linker drops them for the library.
_ARCH_C: dict[str, tuple[str, ...]] = {
    "x86_64": ("-march=x86-64", "-fcf-protection=full"),
    "aarch64": ("-march=armv8-a", "-mbranch-protection=standard"),
    "riscv64": ("-march=rv64gc", "-mabi=lp64d"),
}
_ARCH_ASM: dict[str, tuple[str, ...]] = {
    "x86_64": (),
    "aarch64": ("-march=armv8-a",),
    "riscv64": ("-march=rv64gc", "-mabi=lp64d"),
}

# What the assembler must take before a kernel of this instruction set is worth writing.
ASM_PROBE: dict[str, tuple[str, ...]] = {
    "avx512": ("vfmadd231ps (%rax){1to16}, %zmm0, %zmm1{%k1}",),
    "avx2": ("vfmadd231ps %ymm0, %ymm1, %ymm2", "bzhil %eax, %ebx, %ecx"),
    "generic": (),
}


def _of(table: dict[str, tuple[str, ...]], triple: str) -> tuple[str, ...]:
    arch = triple.split("-")[0]
    if arch not in table:
        raise ValueError(f"no compiler flags are known for {triple}; known: {', '.join(sorted(table))}")
    return table[arch]


def c_flags(triple: str) -> tuple[str, ...]:
    """For a .c file of the library."""
    return _C + _of(_ARCH_C, triple)


def asm_flags(triple: str) -> tuple[str, ...]:
    """For a .S file of the library."""
    return _ASM + _of(_ARCH_ASM, triple)
