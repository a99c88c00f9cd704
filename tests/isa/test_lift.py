"""AArch64 and RISC-V: the rules for kernels of unknown origin, instruction by instruction."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.isa.assembled import disassembled_for

from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift.flow import lifted
from tensorop_gen.isa.lifters import LIFTERS
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.refused import Refused


def taken(isa: str, body: str, folder: Path, role: Role = "compute") -> Program:
    kind = "%" if isa == "neon" else "@"
    text = f".text\n.globl k\n.type k, {kind}function\nk:\n" + body.replace("; ", "\n") + "\n"
    return lifted(disassembled_for(isa, text, folder), LIFTERS[isa], CONTRACTS[role])


NEON_SAVE = "stp x19, x20, [sp, #-32]!; stp d8, d9, [sp, #16]; "
NEON_RESTORE = "ldp d8, d9, [sp, #16]; ldp x19, x20, [sp], #32; ret"
GOOD = [
    ("neon", "add x9, x3, x4, lsl #2; cmp x9, x3; b.lo 1f; sub x9, x9, x3; str wzr, [x3, x9]; 1: ret"),
    ("neon", "cmp x1, x3; ccmp x3, #0, #4, ne; b.eq 1f; fmov d0, x3; fmov x9, d0; str wzr, [x9]; 1: ret"),
    ("neon", "cmp x0, #8; add x9, x3, #4; csel x9, x9, x3, lt; madd x9, x0, x4, x9; str wzr, [x9]; ret"),
    ("rv64", "add t0, a3, a4; bltu t0, a3, 1f; sub t0, t0, a3; add a3, a3, t0; sw zero, 0(a3); 1: ret"),
    ("neon", "ldr q0, [x1]; str q0, [x3]; ret"),
    ("neon", NEON_SAVE + "movi v8.4s, #0; mov x19, x0; " + NEON_RESTORE),
    ("neon", "ldr x9, [x5, #24]; prfm pldl1keep, [x9]; ret"),
    ("neon", "ldr s0, [x5, #20]; fcmp s0, #0.0; b.eq 1f; nop; 1: ret"),
    ("neon", "cbz x0, 1f; ret; 1: str x30, [sp, #-16]!; mov x30, #0; ldr x30, [sp], #16; ret"),
    ("neon", "ld1 {v0.4s, v1.4s}, [x1], #32; st1 {v0.s}[1], [x3], x4; ldr s1, [x2, x0, lsl #2]; ret"),
    ("rv64", "flw fa0, 0(a1); fsw fa0, 0(a3); ret"),
    ("rv64", "addi sp, sp, -16; sd s0, 0(sp); fsd fs0, 8(sp); mv s0, a0; ld s0, 0(sp); fld fs0, 8(sp); "
             "addi sp, sp, 16; ret"),
    ("rv64", "lw t0, 20(a5); slli t0, t0, 33; beqz t0, 1f; nop; 1: ret"),
    ("rvv", "vsetvli t0, a0, e32, m2, ta, ma; vle32.v v2, (a1); vse32.v v2, (a3); ret"),
    ("rvv", "li t0, 64; vsetvli t0, t0, e32, m2, ta, ma; vmv.v.i v2, 0; vsetvli t1, a0, e32, m2, ta, ma; "
            "vse32.v v2, (a3); ret"),
    ("rvv", "1: vsetvli t0, a0, e32, m4, ta, ma; vle32.v v4, (a1); vse32.v v4, (a3); sub a0, a0, t0; bnez a0, 1b; ret"),
    ("rvv", "li a6, 8; vsetvli t0, a6, e32, m1, ta, ma; vsetvli t1, t0, e32, m1, ta, ma; vle32.v v1, (a1); "
            "vse32.v v1, (a3); ret"),
    ("rvv071", "vsetvli t0, a0, e32, m4, ta, ma; vlse32.v v4, (a1), a4; vse32.v v4, (a3); ret"),
]  # fmt: skip


@pytest.mark.parametrize(("isa", "body"), GOOD)
def test_good_manners(isa: str, body: str, tmp_path: Path) -> None:
    program = taken(isa, body, tmp_path)
    assert [i.kind for i in program.insns].count("ret") == 1
    assert program.insns[-1].kind == "ret"


NEON_BAD = [
    ("instruction", "svc #0; ret"),
    ("instruction", "bl k; ret"),
    ("instruction", "blr x1; ret"),
    ("instruction", "br x1"),
    ("instruction", "mrs x0, cntvct_el0; ret"),
    ("instruction", "msr fpcr, x0; ret"),
    ("instruction", "adr x0, k; ret"),
    ("instruction", "ldxr x0, [x1]; ret"),
    ("instruction", "dc zva, x3; ret"),
    ("instruction", "tbl v0.16b, {v1.16b}, v2.16b; ret"),
    ("instruction", ".inst 0xffffffff; ret"),
    ("jump", "ret x1"),
    ("jump", "b k+0x1000; ret"),
    ("jump", "nop"),
    ("jump", "ret; ldr q0, [x1]; ret"),
    ("memory", "mov x9, #0x4000; ldr x9, [x9]; ret"),
    ("memory", "movi v0.4s, #0; str q0, [x1]; ret"),
    ("memory", "str wzr, [x1], #4; ret"),
    ("memory", "str xzr, [x5, #8]; ret"),
    ("memory", "sub x9, x1, x3; str wzr, [x3, x9]; ret"),
    *(("memory", f"{body}; str wzr, [x3, x9]; ret") for body in (
        "movz x9, #1, lsl #16; sub x3, x3, x3",
        "mov x9, #64; and x3, x3, #1",
        "mov x9, #64; eor x3, x3, x1",
        "mov x9, #64; orr x3, x3, x0",
        "mov x9, #64; lsl x3, x3, #60",
        "mov x9, #64; mul x3, x3, x0",
        "mov x9, #64; add x3, x3, x1",
        "mov x9, #64; sub x3, x3, x3, lsl #1",
        "mov x9, #64; mov w3, w3",
        "mov x9, #64; cmp x0, #0; csel x3, x3, x9, eq",
        "mov x9, #64; cbz x0, 1f; mov x3, #64; 1: nop",
        "mov x9, #64; movk x3, #0",
        "neg x9, x3",
        "sub x9, x1, x3",
        "mov x9, x1",
        "fmov d0, x3; umov w9, v0.s[0]",
        "fmov d0, x3; umov w9, v0.s[1]",
    )),
    *(("memory", f"sub sp, sp, #16; {body}; str wzr, [x9]; add sp, sp, #16; ret") for body in (
        "str x3, [sp]; str w0, [sp, #4]; ldr x9, [sp]",
        "str x3, [sp]; str wzr, [sp]; ldr x9, [sp]",
        "str x3, [sp]; ldr w9, [sp]",
        "stp w3, w3, [sp]; ldr x9, [sp]",
        "fmov d0, x3; str q0, [sp]; ldr x9, [sp, #8]",
        "str x3, [sp]; cbz x0, 1f; str xzr, [sp]; 1: ldr x9, [sp]",
    )),
    ("memory", "ldr s0, [x1]; umov w9, v0.s[0]; str wzr, [x3, x9]; ret"),
    ("memory", "ldr x9, [x1]; fmov d0, x9; fmov x9, d0; str wzr, [x3, x9]; ret"),
    ("memory", "movi v0.4s, #0; st1 {v0.4s}, [x3], x3; str wzr, [x3]; ret"),
    ("memory", "mov x9, sp; sub x9, x9, x3; str wzr, [x3, x9]; ret"),
    ("stack", "mov x9, sp; cbz x0, 1f; mov x9, x3; 1: str wzr, [x9]; ret"),
    ("decision", "tbz x3, #7, k; ret"),
    ("decision", "tst x3, #64; b.eq k; ret"),
    ("decision", "cmp x3, x0; b.lo k; ret"),
    ("decision", "subs x9, x3, #64; b.lo k; ret"),
    ("decision", "sub x9, x3, x0; cbz x9, k; ret"),
    ("decision", "cmp w3, #0; cset x9, eq; ret"),
    ("memory", "ldr x9, [x5, #24]; ldr q0, [x9]; ret"),
    ("memory", "ldr x9, [x1]; ldr q0, [x9]; ret"),
    ("memory", "ldr w9, [x1]; uxtw x9, w9; ldr q0, [x2, x9]; ret"),
    ("decision", "ldr s0, [x1]; fcmp s0, #0.0; b.eq k; ret"),
    ("decision", "ldr w9, [x1]; cbz w9, k; ret"),
    ("decision", "ldr w9, [x1]; cmp w9, #1; csel x9, x0, x4, eq; ret"),
    ("decision", "movi v0.4s, #0; ld1 {v0.s}[0], [x1]; ldr s1, [x5, #16]; ld1 {v0.s}[1], [x5]; umov w9, v0.s[1]; "
                 "tbz w9, #0, k; ret"),
    ("decision", "ldr q0, [x1]; cmeq v0.4s, v0.4s, #0; ret"),
    ("unset register", "fadd v0.4s, v7.4s, v7.4s; ret"),
    ("unset register", "mov v0.s[1], wzr; ret"),
    ("unset register", "b.eq k; ret"),
    ("unset register", "sub sp, sp, #16; ldr x9, [sp]; add sp, sp, #16; ret"),
    ("unset register", "str x19, [x3]; ret"),
    ("registers", "mov x19, x0; ret"),
    ("registers", "movi v8.4s, #0; ret"),
    ("registers", "mov x30, x0; ret"),
    ("registers", "mov x18, x0; ret"),
    ("registers", NEON_SAVE + "ldp d9, d8, [sp, #16]; ldp x19, x20, [sp], #32; ret"),
    ("registers", NEON_SAVE + "stp xzr, xzr, [sp]; ldp d8, d9, [sp, #16]; ldp x19, x20, [sp], #32; ret"),
    ("unset register", "sub sp, sp, #16; str s8, [sp]; ldr s8, [sp]; add sp, sp, #16; ret"),
    ("stack", "sub sp, sp, #16; ret"),
    ("stack", "sub sp, sp, #8; add sp, sp, #8; ret"),
    ("stack", "str x0, [sp, #-16]; ret"),
    ("stack", "str x0, [sp, #16]; ret"),
    ("stack", "mov sp, x1; ret"),
    ("stack", "sub sp, sp, x0; ret"),
    ("stack", "sub sp, sp, #4095, lsl #12; add sp, sp, #4095, lsl #12; ret"),
    ("stack", "1: sub sp, sp, #16; cbz x0, 1b; add sp, sp, #16; ret"),
    ("not understood", "ldr x1, [x1], #8; ret"),
]  # fmt: skip
RV64_BAD = [
    ("instruction", "ecall; ret"),
    ("instruction", "ebreak; ret"),
    ("instruction", "jr a1"),
    ("instruction", "jalr a1; ret"),
    ("instruction", "auipc a0, 0; ret"),
    ("instruction", "rdcycle a0; ret"),
    ("instruction", "fsrm a0; ret"),
    ("instruction", "csrw fcsr, a0; ret"),
    ("instruction", "fence.i; ret"),
    ("instruction", "amoadd.w a0, a1, (a3); ret"),
    ("instruction", "lr.w a0, (a1); ret"),
    ("not understood", "fadd.s fa0, fa1, fa2, rtz; ret"),
    ("jump", "nop"),
    ("jump", ".option rvc; beqz a0, 1f+2; ret; 1: lui a0, 0x12345; ret"),
    ("jump", "ret; flw fa0, 0(a1); ret"),
    ("memory", "li t0, 64; ld t0, 0(t0); ret"),
    ("memory", "sw zero, 0(a1); ret"),
    ("memory", "sd zero, 8(a5); ret"),
    ("memory", "ld t0, 24(a5); flw fa0, 0(t0); ret"),
    ("memory", "lw t0, 0(a1); add t0, t0, a2; flw fa0, 0(t0); ret"),
    *(
        ("memory", f"{body}; sw zero, 0(a3); ret")
        for body in (
            "sub a3, a3, a3",
            "and a3, a3, zero",
            "andi a3, a3, -4",
            "ori a3, a3, 1",
            "xor a3, a3, a3",
            "xor a3, a3, a1",
            "neg a3, a3",
            "mul a3, a3, a0",
            "slli a3, a3, 2",
            "srli a3, a3, 63",
            "addw a3, a3, a0",
            "sext.w a3, a3",
            "add a3, a3, a1",
            "add a3, a3, a3",
            "sub a3, a1, a3",
            "sub a3, a0, a3",
            "neg t0, a3; add a3, a3, t0",
            "sub t0, a1, a3; add a3, a3, t0",
            "beqz a0, 1f; li a3, 64; 1: nop",
            "snez a3, a3",
        )
    ),
    *(
        ("memory", f"addi sp, sp, -16; {body}; sw zero, 0(t0); addi sp, sp, 16; ret")
        for body in (
            "sd a3, 0(sp); sw a0, 4(sp); ld t0, 0(sp)",
            "sd a3, 0(sp); sw zero, 0(sp); ld t0, 0(sp)",
            "sd a3, 0(sp); lw t0, 0(sp)",
            "sw a3, 0(sp); sw a3, 4(sp); ld t0, 0(sp)",
            "sd a3, 0(sp); beqz a0, 1f; sd zero, 0(sp); 1: ld t0, 0(sp)",
        )
    ),
    ("memory", "flw fa0, 0(a1); fmv.x.w t0, fa0; add t0, t0, a3; sw zero, 0(t0); ret"),
    ("decision", "andi t0, a3, 64; beqz t0, k; ret"),
    ("decision", "bltu a3, a0, k; ret"),
    ("decision", "sltu t0, a3, a0; ret"),
    ("decision", "addi t0, a3, -64; beqz t0, k; ret"),
    ("decision", "lw t0, 0(a1); beqz t0, k; ret"),
    ("decision", "flw fa0, 0(a1); flw fa1, 0(a2); feq.s t0, fa0, fa1; ret"),
    ("unset register", "fadd.s fa0, fa0, fa0; ret"),
    ("unset register", "addi sp, sp, -16; ld t0, 0(sp); addi sp, sp, 16; ret"),
    ("unset register", "addi sp, sp, -16; fsw fs0, 0(sp); flw fs0, 0(sp); addi sp, sp, 16; ret"),
    ("registers", "mv s0, a0; ret"),
    ("registers", "beqz a0, 1f; li s0, 0; 1: ret"),
    ("registers", "addi sp, sp, -16; sd s0, 0(sp); sw a0, 4(sp); ld s0, 0(sp); addi sp, sp, 16; ret"),
    ("registers", "addi sp, sp, -16; sd s0, 0(sp); ld zero, 0(sp); sd zero, 0(sp); ld s0, 0(sp); addi sp, sp, 16; ret"),
    ("registers", "fmv.w.x fs0, zero; ret"),
    ("registers", "mv ra, a0; ret"),
    ("registers", "mv tp, a0; ret"),
    ("registers", "sd gp, 0(a3); ret"),
    ("stack", "addi sp, sp, -16; ret"),
    ("stack", "sd a0, -8(sp); ret"),
    ("stack", "sd a0, 0(sp); ret"),
    ("stack", "mv sp, a1; ret"),
    ("stack", "sub sp, sp, a0; ret"),
    ("stack", "addi sp, sp, -8; addi sp, sp, 8; ret"),
]
_M2 = "vsetvli t0, a0, e32, m2, ta, ma; "
RVV_BAD = [
    ("vector type", "vle32.v v0, (a1); ret"),
    ("vector type", "vsetvli t0, a0, e64, m1, ta, ma; ret"),
    ("vector type", "vsetvli t0, a0, e32, mf2, ta, ma; ret"),
    ("vector type", _M2 + "vle32.v v1, (a1); ret"),
    ("vector type", "beqz a0, 1f; vsetvli t0, a0, e32, m1, ta, ma; j 2f; 1: " + _M2 + "2: vle32.v v0, (a1); ret"),
    ("instruction", "vsetivli t0, 4, e32, m1, ta, ma; ret"),
    ("instruction", "vsetvl t0, a0, a1; ret"),
    ("instruction", _M2 + "vluxei32.v v0, (a1), v2; ret"),
    ("instruction", "vl1re32.v v0, (a1); ret"),
    ("not understood", _M2 + "vle32.v v2, (a1), v0.t; ret"),
    ("unset register", _M2 + "vse32.v v0, (a3); ret"),
    ("unset register", _M2 + "vle32.v v2, (a1); vsetvli t0, a4, e32, m2, ta, ma; vse32.v v2, (a3); ret"),
    ("unset register", "1: vsetvli t0, a0, e32, m1, ta, ma; beqz a4, 2f; vle32.v v1, (a1); li a4, 0; addi a0, a0, 4; "
                       "j 1b; 2: vse32.v v1, (a3); ret"),
    ("decision", "lw t0, 0(a1); vsetvli t0, t0, e32, m1, ta, ma; ret"),
    ("memory", _M2 + "vmv.v.i v0, 0; vse32.v v0, (a1); ret"),
    ("memory", _M2 + "vmv.v.i v0, 0; vsse32.v v0, (a2), a4; ret"),
    ("memory", "lw t1, 0(a1); " + _M2 + "vlse32.v v0, (a1), t1; ret"),
    ("memory", _M2 + "vlse32.v v0, (a1), a3; ret"),
    ("memory", "neg t1, a1; " + _M2 + "vlse32.v v0, (a1), t1; ret"),
    ("memory", "sub a3, a3, a3; " + _M2 + "vmv.v.i v0, 0; vse32.v v0, (a3); ret"),
    ("decision", "vsetvli t0, a3, e32, m1, ta, ma; ret"),
    ("stack", "addi sp, sp, -64; " + _M2 + "vmv.v.i v0, 0; vse32.v v0, (sp); addi sp, sp, 64; ret"),
]  # fmt: skip
RVV071_BAD = [
    ("instruction", _M2 + "vle32.v v2, (a1); vfadd.vv v2, v2, v2; ret"),
    ("vector type", _M2 + "vsetvli zero, zero, e32, m2, ta, ma; ret"),
]
BAD = [(isa, *row) for isa, rows in (
    ("neon", NEON_BAD), ("rv64", RV64_BAD), ("rvv", [*RVV_BAD, *RV64_BAD[:3]]), ("rvv071", RVV071_BAD)) for row in rows
]  # fmt: skip


@pytest.mark.parametrize(("isa", "rule", "body"), BAD)
def test_bad_manners(isa: str, rule: str, body: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        taken(isa, body, tmp_path)
    assert refused.value.rule == rule, str(refused.value)


KEPT = [  # pointers are kept in the first eight bytes that "src" points to
    ("neon", "ldr x9, [x2]; ldr s0, [x9]; ret", True),
    ("neon", "ldr x9, [x2, #8]; ldr s0, [x9]; ret", False),
    ("neon", "add x2, x2, #8; ldr x9, [x2]; ldr s0, [x9]; ret", False),
    ("neon", "ldr x9, [x2], #8; ldr x9, [x2]; ldr s0, [x9]; ret", False),
    ("neon", "ldr x9, [x2, x0]; ldr s0, [x9]; ret", False),
    ("neon", "ldr w9, [x2]; ldr s0, [x9]; ret", False),
    ("neon", "ldr x9, [x2]; ldr x10, [x2, x0]; sub x9, x9, x10; ldr s0, [x9]; ret", False),
    ("rv64", "ld t0, 0(a2); flw fa0, 0(t0); ret", True),
    ("rv64", "add a2, a2, a0; ld t0, 0(a2); flw fa0, 0(t0); ret", False),
    ("rv64", "lw t0, 0(a2); flw fa0, 0(t0); ret", False),
    ("rv64", "lw t0, 4(a2); ld t1, 0(a2); sub t0, t1, t0; flw fa0, 0(t0); ret", False),
]


@pytest.mark.parametrize(("isa", "body", "good"), KEPT)
def test_only_a_pointer_that_is_kept_there_is_one(isa: str, body: str, good: bool, tmp_path: Path) -> None:
    if good:
        assert taken(isa, body, tmp_path, "pack_a").insns
        return
    with pytest.raises(Refused) as refused:
        taken(isa, body, tmp_path, "pack_a")
    assert refused.value.rule == "memory", str(refused.value)
