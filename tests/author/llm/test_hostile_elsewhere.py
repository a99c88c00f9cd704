"""Answers for AArch64 and RISC-V that mean harm, or know no better: each is refused before anything runs, by its rule.

What single instructions may do is in tests/isa/test_lift.py."""

from __future__ import annotations

import pytest

from tensorop_gen.author.llm import Forge
from tensorop_gen.isa.refused import Refused

TRIPLES = {"neon": "aarch64-linux-gnu", "rv64": "riscv64-linux-gnu", "rvv": "riscv64-linux-gnu"}
SIGNATURE = "void compute(int64_t kc, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *tile)"


def forge(isa: str) -> Forge:
    return Forge((f"{TRIPLES[isa]}-gcc",), isa, f"{TRIPLES[isa]}-objdump")


def asm(isa: str, body: str) -> str:
    kind = "%" if isa == "neon" else "@"
    return f".text\n.globl compute\n.type compute, {kind}function\ncompute:\n{body}\nret\n"


def c(body: str, before: str = "") -> str:
    return f'#include <stdint.h>\n#include "tensorop/kernel_abi.h"\n{before}\n{SIGNATURE} {{ {body} }}\n'


BAD = [
    ("neon", "instruction", "asm", asm("neon", "mov x8, #93\nsvc #0")),
    ("neon", "call", "asm", asm("neon", "bl system")),
    ("neon", "call", "asm", asm("neon", "b system")),
    ("neon", "call", "asm", asm("neon", "adrp x0, :got:system")),
    ("neon", "directive", "asm", asm("neon", ".inst 0xd4000001")),
    ("neon", "directive", "asm", asm("neon", ".word 0xd4000001")),
    ("neon", "directive", "asm", asm("neon", ".ltorg")),
    ("neon", "directive", "asm", asm("neon", ".align 20")),
    ("neon", "statement", "asm", asm("neon", "ldr x0, =0x1234567890")),
    ("neon", "statement", "asm", asm("neon", "nop; svc #0")),
    ("neon", "compiler", "asm", asm("neon", "b .Lx+2\n.Lx: nop")),
    ("neon", "jump", "asm", asm("neon", "b .Lx+64\n.Lx: nop")),
    ("neon", "symbol", "asm", asm("neon", "ret\nmain:")),
    ("neon", "compiler", "asm", asm("neon", "frobnicate x0")),
    ("neon", "compiler", "asm", asm("neon", "fadd z0.s, z1.s, z2.s")),
    ("neon", "static data", "c", c("static const float t[9] = {1, 2, 3}; *c = t[kc & 7];")),
    ("neon", "include", "c", "#include <immintrin.h>\n" + c("*c = 0;")),
    ("neon", "memory", "c", c("((float *)a)[0] = 0;")),
    ("neon", "decision", "c", c("if (*(const int *)a == 0x3f123456) return; *c = a[0] * b[0];")),
    ("neon", "call", "c", c("puts(0);", "int puts(const char *x);")),
    ("neon", "memory", "asm", asm("neon", "sub x3, x3, x3\nstr wzr, [x3, #64]")),
    ("neon", "memory", "c", c("*(float *)((uintptr_t)c & 4096) = 0;")),
    ("neon", "memory", "c", c("*(float *)((uintptr_t)a ^ (uintptr_t)c) = 0;")),
    ("neon", "decision", "c", c("if ((uintptr_t)c & 64) *c = 0;")),
    ("rv64", "memory", "asm", asm("rv64", "and a3, a3, zero\nsw zero, 64(a3)")),
    ("rv64", "memory", "c", c("*(float *)((uintptr_t)c * 8) = 0;")),
    (
        "rv64",
        "memory",
        "asm",
        asm("rv64", "addi sp, sp, -16\nsd a3, 0(sp)\nsw a0, 4(sp)\nld a3, 0(sp)\nsw zero, 0(a3)"),
    ),
    ("rv64", "instruction", "asm", asm("rv64", "li a7, 93\necall")),
    ("rv64", "call", "asm", asm("rv64", "call system")),
    ("rv64", "call", "asm", asm("rv64", "j system")),
    ("rv64", "call", "asm", asm("rv64", "beqz a0, system")),
    ("rv64", "call", "asm", asm("rv64", "la a0, compute")),
    ("rv64", "directive", "asm", asm("rv64", ".insn 4, 0x73")),
    ("rv64", "directive", "asm", asm("rv64", ".4byte 0x73")),
    ("rv64", "jump", "asm", asm("rv64", "j .Lx+2\n.Lx: lui a0, 0x12345")),
    ("rv64", "compiler", "asm", asm("rv64", "vsetvli t0, a0, e32, m1, ta, ma")),
    ("rv64", "static data", "c", c("static int n; if (n++) return; *c = 1;")),
    ("rv64", "memory", "c", c("((float *)a)[0] = 0;")),
    ("rv64", "decision", "c", c("if (*(const int *)a == 0x3f123456) return; *c = a[0] * b[0];")),
    ("rvv", "compiler", "asm", asm("rvv", ".option arch, +zvfh\nvfwmacc.q v0, v1")),
    ("rvv", "language", "c", c("*c = 0;")),
]


@pytest.mark.parametrize(("isa", "rule", "language", "text"), BAD)
def test_it_is_refused(isa: str, rule: str, language: str, text: str) -> None:
    with pytest.raises(Refused) as said:
        forge(isa).lift(language, text, "compute")
    assert said.value.rule == rule, str(said.value)


@pytest.mark.parametrize("isa", ["neon", "rv64"])
def test_c_is_taken(isa: str) -> None:
    """With pointers, a loop and what the compiler keeps on the stack."""
    body = """
    for (int64_t j = 0; j < tile->n; j++)
      for (int64_t i = 0; i < tile->m; i++) {
        float sum = 0;
        for (int64_t p = 0; p < kc; p++) sum = __builtin_fmaf(a[p * 8 + i], b[p * 12 + j], sum);
        sum *= tile->alpha;
        c[i + j * ldc] = tile->beta == 0 ? sum : __builtin_fmaf(tile->beta, c[i + j * ldc], sum);
      }"""
    program = forge(isa).lift("c", c(body), "compute")
    assert program.insns[-1].kind == "ret"
    assert any(insn.mnemonic.startswith("fmadd") for insn in program.insns)
