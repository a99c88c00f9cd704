"""The model as author: what is wrong goes back to it with its place, and what is right is built and proven."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.author.llm.scripted import RIGHT, Scripted, changed

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import Forge, LlmAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware import library
from tensorop_gen.hardware.probe import runs
from tensorop_gen.llm.model import LlmError, SetupError, UnusableAnswer
from tensorop_gen.llm.replay import Replay
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.pipeline import NotProvenError
from tensorop_gen.pipeline.workshop import Workshop
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner

pytestmark = pytest.mark.skipif(native_arch() != "x86_64", reason="the answers here are for x86-64")
FACTORS = library.load("x86-64-v3")
REQUEST = Request("sgemm for x86-64-v3")
START = defaults(FACTORS)
SPIN = "```asm\n.text\n.globl compute\ncompute:\n.Lx: jmp .Lx\n```"


def author(*answers: str) -> tuple[LlmAuthor, Scripted]:
    model = Scripted(list(answers))
    compiler = find_toolchain(FACTORS.triple).compiler
    return LlmAuthor(Recorder(model), Forge(compiler, FACTORS.isa)), model


def shop(writing: LlmAuthor, folder: Path) -> Workshop:
    return Workshop(REQUEST, FACTORS, writing, find_toolchain(FACTORS.triple), find_runner(FACTORS, ""), folder)


def test_the_prompt_holds_hints_factors_contract_and_example_and_is_short() -> None:
    writing, model = author(RIGHT)
    writing.write(REQUEST, FACTORS, START)
    text = "".join(m.content for m in model.asked[0].messages)
    for part in ("MR = 16, NR = 6", "L1 32 KB", "vectorization", "axpy", "beta = 0", "```` ```python ````"):
        assert part in text
    assert len(text) // 4 < 3000


def test_the_baselines_know_the_contract_and_nothing_else() -> None:
    for style in ("vanilla", "cot"):
        writing, model = author(RIGHT)
        replace(writing, style=style).write(REQUEST, FACTORS)
        text = model.asked[0].messages[1].content
        assert "MR = 16, NR = 6" in text
        assert "## Hardware" not in text
        assert ("step by step" in text) == (style == "cot")


def test_its_kernel_stands_beside_the_builtin_ones_under_its_name() -> None:
    writing, _ = author(RIGHT)
    mine, builtin = writing.write(REQUEST, FACTORS, START), BuiltinAuthor().write(REQUEST, FACTORS)
    assert "author llm (written for the test, answers " in mine.files["kernels.S"]
    assert mine.key != builtin.key
    assert mine.files["kernels.S"].count("\t.type") == builtin.files["kernels.S"].count("\t.type")
    assert mine.files["instance.c"].count("pack_a_16x6") == builtin.files["instance.c"].count("pack_a_16x6")


def test_one_question_serves_all_parameters_but_the_tile() -> None:
    writing, model = author(RIGHT)
    writing.write(REQUEST, FACTORS, START)
    writing.write(REQUEST, FACTORS, replace(START, kc=128, unroll=2))
    assert len(model.asked) == 1
    with pytest.raises(UnusableAnswer):
        author("no kernel")[0].write(REQUEST, FACTORS, START)


def test_what_was_accepted_is_written_again_from_a_replay() -> None:
    writing, _ = author("```asm\nsyscall\n```", "nothing", RIGHT)
    first = writing.write(REQUEST, FACTORS, START)
    assert len(writing.model.exchanges) == 3
    kept = writing.accepted()
    assert len(kept) == 1
    again = LlmAuthor(Recorder(Replay(kept)), writing.forge)
    assert again.write(REQUEST, FACTORS, replace(START, kc=128)).author == first.author
    assert again.write(REQUEST, FACTORS, START).files == first.files


def test_a_refusal_goes_back_with_its_rule_and_line() -> None:
    writing, model = author(changed('add("ret")', 'add("syscall"); add("ret")'), RIGHT)
    writing.write(REQUEST, FACTORS, START)
    assert "instruction: syscall is none of those that a kernel may use" in model.asked[1].messages[-1].content


def test_rounds_are_bounded() -> None:
    writing, model = author(*(f"```asm\nnop # {i}\n```" for i in range(9)))
    with pytest.raises(UnusableAnswer, match="no usable answer in 5 attempts: symbol"):
        writing.write(REQUEST, FACTORS, START)
    assert len(model.asked) == 5


def test_a_model_cannot_write_code_by_its_name() -> None:
    writing, model = author(RIGHT)
    model.name = "x */\n#include </etc/passwd>\nint evil; /*"
    files = writing.write(REQUEST, FACTORS, START).files
    for text in files.values():
        assert text.startswith("/* Written by tensorop-gen, author llm (x ")
        assert text.splitlines()[0].count("*/") == 1
        assert "passwd>" not in text


def test_a_missing_tool_is_named() -> None:
    writing, _ = author(RIGHT)
    with pytest.raises(LlmError, match="no-objdump is not there"):
        replace(writing, forge=replace(writing.forge, objdump="no-objdump")).write(REQUEST, FACTORS, START)


def test_a_target_that_cannot_be_taken_apart_yet_is_named() -> None:
    with pytest.raises(SetupError, match="not for generic"):
        author(RIGHT)[0].write(REQUEST, library.load("x86-64-v2"))


# What is wrong with the answer, and what the verifier calls it.
STORE = '{32 * half}(%rcx)")\n    add("addq %r8, %rcx")\n    add("subq $1, %r10")\n    add("je .Ldone")\nadd(".Ldone:")'
SPECIAL = """for line in ("cmpq $97, %rdi", "jne .Lgo", "subq $1, %rdi", ".Lgo:", f"subq ${UNROLL}, %rdi", "jl .Lrest"):
    add(line)"""
WRONG = {
    "wrong tail": ("read", changed('add(".Lone:")\nstep(0)', 'add(".Lone:")\nstep(1)')),
    "reads C at beta 0": ("element", changed('add("je .Lset")', 'add("nop")')),
    "transposed b": ("read", changed("4 * NR * u + 4 * j", "4 * NR * j + 4 * u")),
    "rows past the tile": ("outside|write", changed('add("subl $8, %eax")', 'add("subl $7, %eax")')),
    "one element too far": ("", changed(STORE, STORE.replace("{32 * half}", "{32 * half + 4}"))),
    "alpha forgotten": ("element", changed("vbroadcastss 16(%r9), %ymm12", "vbroadcastss 20(%r9), %ymm12")),
    "no vzeroupper": ("abi", changed('add("vzeroupper")', 'add("nop")')),
    "wrong at one k": ("element", changed('add(f"subq ${UNROLL}, %rdi")\nadd("jl .Lrest")', SPECIAL)),
}
needs_avx2 = pytest.mark.skipif(not runs(FACTORS), reason="this machine lacks the instructions")


@needs_avx2
@pytest.mark.parametrize("what", WRONG)
def test_subtle_faults_are_found(what: str, tmp_path: Path) -> None:
    kind, answer = WRONG[what]
    writing, _ = author(answer)
    with pytest.raises(NotProvenError, match=f"verify failed .*: {kind}"):
        shop(writing, tmp_path).prove(writing.write(REQUEST, FACTORS, START), "quick", attempts=1)


@needs_avx2
def test_a_fault_is_told_and_mended(tmp_path: Path) -> None:
    answer = WRONG["alpha forgotten"][1]
    writing, model = author(answer, RIGHT)
    proven = shop(writing, tmp_path).prove(writing.write(REQUEST, FACTORS, START), "smoke")
    assert proven.verification.passed
    assert len(model.asked) == 2
    told = model.asked[1].messages[-1].content
    assert "turned down at verify" in told
    assert "element: C(0," in told
    assert "compute m=" in told
    assert model.asked[1].messages[-2].content == answer


@needs_avx2
def test_an_endless_kernel_is_stopped(tmp_path: Path) -> None:
    writing, _ = author(SPIN)
    workshop = replace(shop(writing, tmp_path), runner=replace(find_runner(FACTORS, ""), timeout=1.0))  # type: ignore[type-var]
    with pytest.raises(NotProvenError, match="timeout"):
        workshop.prove(writing.write(REQUEST, FACTORS, START), "smoke", attempts=1)
