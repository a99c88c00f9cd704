"""Kernels read back from their disassembly are the kernels that were written, for every instruction that we emit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.isa.assembled import disassembled

from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware import library
from tensorop_gen.isa import target
from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift import flow
from tensorop_gen.isa.lift.effect import Lifter
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Insn, Label, Mem, Operand, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86.disassembly import read_function, whole
from tensorop_gen.isa.x86.lift import AVX2_LIFTER, AVX512_LIFTER
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults

pytestmark = pytest.mark.skipif(native_arch() != "x86_64", reason="objdump of this machine reads its own objects")


def plain(insn: Insn) -> Insn:
    """Without the names of labels and buffers, which no object holds; multiplications may count as fma, and what makes
    a register zero reads nothing."""

    def one(operand: Operand) -> Operand:
        if isinstance(operand, Mem):
            return replace(operand, space="")
        return Label("") if isinstance(operand, Label) else operand

    def names(registers: frozenset[str]) -> frozenset[str]:
        return frozenset("mem:" if r.startswith("mem:") else r for r in registers)

    return replace(
        insn,
        operands=tuple(map(one, insn.operands)),
        kind="vector" if insn.mnemonic in ("vmulps", "vaddps") else insn.kind,
        reads=frozenset() if insn.mnemonic == "xorl" and len(set(insn.operands)) == 1 else names(insn.reads),
        writes=names(insn.writes),
    )


@pytest.mark.parametrize("name", ["x86-64-v3", "x86-64-v4"])
@pytest.mark.parametrize("role", ["compute", "direct_n", "direct_t", "stream", "dot"])
def test_every_builtin_kernel_is_read_back(name: str, role: Role, tmp_path: Path) -> None:
    factors = library.load(name)
    isa = target.find(factors.isa)
    written = kernels.write(defaults(factors), isa)[role]
    read = read_function(disassembled(isa.assembly({"kernel": written}), tmp_path))
    assert len(read.insns) == len(written.insns) > 100
    for ours, theirs in zip(written.insns, read.insns, strict=True):
        assert plain(ours) == plain(theirs)


def test_what_is_read_is_written_again(tmp_path: Path) -> None:
    """Twice through the assembler: what was checked is what runs."""
    isa = target.find("avx512")
    first = read_function(disassembled(isa.assembly({"k": DOT}), tmp_path))
    second = read_function(disassembled(isa.assembly({"k": first}), tmp_path))
    assert list(map(plain, first.insns)) == list(map(plain, second.insns))


DOT = kernels.write(defaults(library.load("x86-64-v4")), target.find("avx512"))["dot"]


@pytest.mark.parametrize(
    ("name", "register"),
    [("al", "rax"), ("eax", "rax"), ("ax", "rax"), ("sil", "rsi"), ("esi", "rsi"), ("r9d", "r9"), ("r10b", "r10"),
     ("bl", "rbx"), ("xmm3", "zmm3"), ("ymm31", "zmm31"), ("k1", "k1"), ("rsp", "rsp"), ("ebp", "rbp"), ("cl", "rcx"),
     ("di", "rdi"), ("dl", "rdx"), ("bpl", "rbp")],
)  # fmt: skip
def test_parts_of_registers(name: str, register: str) -> None:
    assert whole(name) == register


def lifted(body: str, folder: Path, lifter: Lifter = AVX2_LIFTER) -> Program:
    text = f".text\n.globl compute\n.type compute, @function\ncompute:\n{body}\n"
    return flow.lifted(disassembled(text, folder), lifter, CONTRACTS["compute"])


GOOD = {
    "moves to C": "vmovups (%rsi), %ymm0; vmovups %ymm0, (%rcx); vzeroupper; ret",
    "saved registers": "push %rbx; push %r12; movq %rdi, %rbx; xor %r12d, %r12d; pop %r12; pop %rbx; ret",
    "a frame": "sub $40, %rsp; mov %rsi, 8(%rsp); mov 8(%rsp), %rax; vmovss (%rax), %xmm0; add $40, %rsp; ret",
    "red zone": "mov %rdx, -8(%rsp); mov -8(%rsp), %rax; vmovss (%rax), %xmm0; vmovss %xmm0, (%rcx); ret",
    "two returns": "push %rbx; test %rdi, %rdi; je 1f; pop %rbx; ret; 1: nop; pop %rbx; ret",
    "early return": "test %rdi, %rdi; jne 1f; ret; 1: push %rbx; xor %ebx, %ebx; pop %rbx; ret",
    "strides": "lea (,%r8,4), %r8; lea (%rcx,%r8,2), %rax; vmovups (%rsi), %ymm1; vmovups %ymm1, (%rax,%r8); ret",
    "next": "mov 24(%r9), %rax; prefetcht0 (%rax); prefetcht1 64(%rsi); ret",
    "beta decides": "vmovss 20(%r9), %xmm0; vxorps %xmm1, %xmm1, %xmm1; vucomiss %xmm1, %xmm0; je 1f; nop; 1: ret",
    "loop": "1: vaddss (%rsi), %xmm15, %xmm0; sub $1, %rdi; jne 1b; ret",
}


@pytest.mark.parametrize("what", [w for w in GOOD if w != "loop"])
def test_good_manners(what: str, tmp_path: Path) -> None:
    program = lifted(GOOD[what], tmp_path)
    assert [i.mnemonic for i in program.insns].count("retq") == 1
    assert program.insns[-1].mnemonic == "retq"


def test_addresses_name_their_buffers(tmp_path: Path) -> None:
    (load, store, _) = lifted("vmovups 4(%rsi), %xmm0; vmovups %xmm0, (%rcx,%r8,4); ret", tmp_path).insns
    assert (load.reads, load.writes) == (frozenset({"rsi", "mem:a"}), frozenset({"zmm0"}))
    assert store.writes == {"mem:c"}


def test_vectors_on_the_stack_need_no_alignment(tmp_path: Path) -> None:
    body = "sub $40, %rsp; vmovaps (%rsi), %ymm0; vmovaps %ymm0, (%rsp); vmovaps (%rsp), %ymm1; add $40, %rsp; ret"
    names = [i.mnemonic for i in lifted(body, tmp_path).insns]
    assert names[1:4] == ["vmovaps", "vmovups", "vmovups"]


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("instruction", "syscall; ret"),
        ("instruction", "int $0x80; ret"),
        ("instruction", "rdtsc; ret"),
        ("instruction", "rdtscp; ret"),
        ("instruction", "cpuid; ret"),
        ("instruction", "call compute; ret"),
        ("instruction", "call *%rax; ret"),
        ("instruction", "lock addq $1, (%rcx); ret"),
        ("instruction", "rep stosb; ret"),
        ("instruction", "wrfsbase %rax; ret"),
        ("instruction", "xchg %rax, (%rcx); ret"),
        ("instruction", "vgatherdps %ymm0, (%rsi,%ymm1), %ymm2; ret"),
        ("instruction", "vldmxcsr (%rsi); ret"),
        ("instruction", "std; ret"),
        ("instruction", "leave; ret"),
        ("jump", "jmp *%rsi"),
        ("jump", "jmp 1f+1; 1: nopl 0(%rax,%rax); ret"),
        ("jump", "nop"),
        ("jump", "movq %rdi, %rax"),
        ("jump", "test %rdi, %rdi; ret; je compute"),
        ("jump", "ret; vmovups (%rsi), %ymm0; ret"),
        ("memory", "mov 0x1000, %rax; ret"),
        ("memory", "mov %fs:0x28, %rax; ret"),
        ("memory", "mov %fs:(%rsi), %rax; ret"),
        ("memory", "mov $0x400000, %rax; mov (%rax), %rax; ret"),
        ("memory", "mov (%rdi), %rax; ret"),
        ("memory", "mov (%rsi), %rax; mov (%rax), %rax; ret"),
        ("memory", "mov (%rsi), %rax; vmovss (%rdx,%rax,4), %xmm0; ret"),
        ("memory", "movl $1, (%rsi); ret"),
        ("memory", "movl $1, (%rdx); ret"),
        ("memory", "mov %rsi, %rax; sub %rcx, %rax; movl $1, (%rcx,%rax); ret"),
        ("memory", "movl $1, (%r9); ret"),
        ("memory", "mov 24(%r9), %rax; vmovss (%rax), %xmm0; ret"),
        ("memory", "mov (%esi), %rax; ret"),
        ("static data", "mov compute(%rip), %rax; ret"),
        ("static data", "lea compute(%rip), %rax; ret"),
        ("decision", "vmovss (%rsi), %xmm0; vucomiss (%rdx), %xmm0; je compute; ret"),
        ("decision", "cmpl $0, (%rsi); je compute; ret"),
        ("decision", "cmpl $0, (%rcx); cmove %rdi, %rsi; ret"),
        ("decision", "mov (%rsi), %eax; test $1, %al; je compute; ret"),
        ("decision", "vmovups (%rsi), %ymm0; vpcmpgtd (%rdx), %ymm0, %ymm1; ret"),
        ("unset register", "mov %rax, %rdx; ret"),
        ("unset register", "vaddps %ymm7, %ymm7, %ymm0; ret"),
        ("unset register", GOOD["loop"]),
        ("unset register", "mov -8(%rsp), %rax; ret"),
        ("unset register", "jne compute; ret"),
        ("unset register", "push %rax; pop %rax; ret"),
        ("registers", "xor %ebx, %ebx; ret"),
        ("registers", "push %rbx; push %r12; pop %rbx; pop %r12; ret"),
        ("unset register", "push %rbx; xor %ebx, %ebx; mov (%rsp), %ebx; add $8, %rsp; ret"),
        ("unset register", "mov %rbx, -8(%rsp); ret"),
        ("stack", "push %rbx; ret"),
        ("stack", "pop %rax; ret"),
        ("stack", "mov 8(%rsp), %rax; ret"),
        ("stack", "mov %rsi, (%rsp); ret"),
        ("stack", "mov %rsi, -200(%rsp); ret"),
        ("stack", "and $-32, %rsp; ret"),
        ("stack", "mov %rsi, %rsp; ret"),
        ("stack", "sub %rdi, %rsp; ret"),
        ("stack", "sub $8192, %rsp; add $8192, %rsp; ret"),
        ("stack", "mov %rsp, %rax; mov %rsi, -64(%rax,%rdi,8); ret"),
        ("stack", "1: push %rbx; dec %rdi; jne 1b; pop %rbx; ret"),
        ("stack", "pushq (%rsi); ret"),
    ],
)
def test_bad_manners(rule: str, body: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        lifted(body, tmp_path)
    assert refused.value.rule == rule, str(refused.value)


def test_registers_that_the_target_has_not(tmp_path: Path) -> None:
    body = "vpxord %zmm20, %zmm20, %zmm20; vmovups %zmm20, (%rcx); vzeroupper; ret"
    assert lifted(body, tmp_path, AVX512_LIFTER)
    with pytest.raises(Refused, match="AVX-512"):
        lifted(body, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "movq   %zz,%rax",
        "movq   $junk,%rax",
        "(bad)",
        "jmp",
        "imulq %rax",
        "pushq",
        "movq",
        "vmovups (%rsi,%zmm1,3),%ymm0",
    ],
)
def test_lines_that_no_disassembler_writes(text: str) -> None:
    with pytest.raises(Refused):
        flow.lifted([f"   0:\t{text}", "   8:\tretq"], AVX2_LIFTER, CONTRACTS["compute"])
