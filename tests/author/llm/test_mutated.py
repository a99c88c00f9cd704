"""Answers and disassemblies with random changes: refused or taken, never a crash."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.author.llm.scripted import RIGHT

from tensorop_gen.author.llm.assembly_text import X86_TEXT, check_assembly
from tensorop_gen.author.llm.c_text import check_c
from tensorop_gen.author.llm.forge import LANGUAGES
from tensorop_gen.hardware.manual.extract import Claims
from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift import flow
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86.lift import AVX2_LIFTER
from tensorop_gen.llm.ask import as_code, as_json

ASM = (
    "```asm\n.text\n.globl compute\n.type compute, @function\ncompute:\n.p2align 4\n.Lx: vmovups (%rsi,%rdi,4), %ymm0\n"
)
ASM += "\tvfmadd231ps 32(%rdx), %ymm0, %ymm1 # sum\n\tsubq $1, %rdi\n\tjne .Lx\n\tret\n.size compute, .-compute\n```\n"
C = '```c\n#include <stdint.h>\n#include "tensorop/kernel_abi.h"\n#pragma GCC unroll 4\n/* c */ void compute(long k)\n'
C += "{ float x = 1.0f; // end\n for (int i = 0; i < k; i++) x += __builtin_expect(i, 1); }\n```\n"
JSON = '{"facts": [{"name": "cores", "value": 4, "page": 1, "quotation": "a quad-core design"}]}'
PIECES = [
    *"\n\t `{}[]():;,\\\"'#%$@.0\0\u00e9\U0001f600",
    *("```", "```asm", "-1", "0x7fffffffffffffff", "9" * 400, "%rax", "(%rsp)", "%fs:", "*%rax", "syscall", ".incbin"),
    *(".section", "#include", "asm", "__attribute__", "/*", "*/", "//", "null", "NaN", "e999", "%zmm31{%k1}{z}"),
]


def mutated(text: str, rng: random.Random) -> str:
    """Cut, doubled, swapped, or with something strange in it; a few times over."""
    for _ in range(rng.randint(1, 6)):
        a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        b = min(b, a + 40)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:a] + text[b:]
        elif kind == 1:
            text = text[:b] + text[a:]
        elif kind == 2:
            text = text[:a] + rng.choice(PIECES) + text[a:]
        else:
            text = text[:a] + rng.choice(PIECES) + text[b:]
    return text


def read_answer(text: str) -> None:
    language, code = as_code(tuple(LANGUAGES))(text)
    if LANGUAGES[language] == "c":
        check_c(code, "<immintrin.h>")
    elif LANGUAGES[language] == "asm":
        check_assembly(code, "compute", X86_TEXT)


READERS: dict[str, tuple[str, Callable[[str], object], int]] = {
    "assembly": (ASM, read_answer, 4000),
    "C": (C, read_answer, 3000),
    "script": (RIGHT, read_answer, 1000),
    "JSON": (JSON, as_json(Claims), 4000),
}


@pytest.mark.parametrize("what", READERS)
def test_answers(what: str) -> None:
    text, read, count = READERS[what]
    rng = random.Random(what)
    results = [taken(read, mutated(text, rng)) for _ in range(count)]
    assert 0 < results.count(True) < count


def taken(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


LINES = """
   0:\tendbr64
   4:\tpushq  %rbx
   5:\tvxorps %ymm1,%ymm1,%ymm1
   9:\tmovq   0x8(%r9),%rbx
   d:\tsubq   $0x1,%rdi
  11:\tjl     40 <compute+0x40>
  17:\tnopw   0x0(%rax,%rax,1)
  20:\tvmovups (%rsi,%rdi,4),%ymm0
  25:\tvfmadd231ps 0x20(%rdx),%ymm0,%ymm1
  2b:\taddq   $0x20,%rdx
  2f:\tsubq   $0x1,%rdi
  33:\tjne    20 <compute+0x20>
  40:\tmovq   %rcx,-0x8(%rsp)
  45:\tmovq   -0x8(%rsp),%rax
  4a:\tcmpl   $0x0,0x14(%r9)
  4f:\tcmovleq %r8,%rbx
  53:\tvmovups %ymm1,(%rax,%rbx,4)
  58:\tvzeroupper
  5b:\tpopq   %rbx
  5c:\tretq
""".strip("\n").splitlines()


def test_disassemblies() -> None:
    """Whole lines are changed, and parts of them."""
    rng = random.Random(1)
    assert lifted(LINES)
    results = []
    for _ in range(3000):
        changed = list(LINES)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(changed))
            head, _, text = changed[place].partition("\t")
            changed[place] = rng.choice((f"{head}\t{mutated(text, rng)}", rng.choice(LINES), ""))
        results.append(lifted(changed))
    assert 30 < results.count(True) < 2500


def lifted(lines: list[str]) -> bool:
    try:
        flow.lifted(lines, AVX2_LIFTER, CONTRACTS["compute"])
    except Refused:
        return False
    return True
