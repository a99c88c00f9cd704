"""Answers of a strong language model of 2026 as they came (recorded/), the refused ones too: it was asked through
`ablate models --llm relay:DIR`, saw no builtin kernel and was to run nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.author.llm.scripted import Scripted

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import Forge, LlmAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import runs
from tensorop_gen.isa.program import Program
from tensorop_gen.llm.model import UnusableAnswer
from tensorop_gen.llm.transcript import Recorder, read_transcript
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner
from tensorop_gen.verify import verify

RECORDED = Path(__file__).parent / "recorded"
# What became of the first answers: right, or the rule that refused it.
ANSWERS = {
    ("x86-64-v4", "ours"): "right",
    ("x86-64-v4", "vanilla"): "static data",
    ("x86-64-v4", "cot"): "right",
    ("spacemit-k1", "ours"): "right",
    ("spacemit-k1", "vanilla"): "unset register",
    ("spacemit-k1", "cot"): "right",
    ("cortex-a76", "ours"): "right",
    ("cortex-a76", "vanilla"): "stack",
    ("cortex-a76", "cot"): "stack",
    ("c910", "ours"): "right",
    ("c910", "vanilla"): "compiler",
    ("c910", "cot"): "compiler",
}
RIGHT = [key for key, verdict in ANSWERS.items() if verdict == "right"]
REFUSED = [key for key, verdict in ANSWERS.items() if verdict != "right"]


def said(target: str, style: str) -> list[str]:
    """The answers that were given for a target with a style of prompt."""
    found = {"ours": [], "vanilla": [], "cot": []}  # type: dict[str, list[str]]
    for exchange in read_transcript(RECORDED / f"{target}.jsonl"):
        question = exchange.prompt.messages[-1].content
        ours = exchange.prompt.task == "sketch" or "## Rules" in question
        found["ours" if ours else "cot" if "step by step" in question else "vanilla"].append(exchange.answer.text)
    return found[style]


def author(factors: HardwareFactors, style: str) -> LlmAuthor:
    toolchain = find_toolchain(factors.triple)
    objdump = "objdump" if toolchain.native else f"{factors.triple}-objdump"
    forge = Forge(toolchain.compiler, factors.isa, objdump)
    return LlmAuthor(Recorder(Scripted(said(factors.name, style))), forge, style=style, rounds=1)


@pytest.mark.parametrize(("target", "style"), RIGHT)
def test_right_ones_are_proven_and_are_not_the_builtin_kernel(target: str, style: str, tmp_path: Path) -> None:
    factors, request = library.load(target), Request(f"sgemm for {target}")
    candidate = author(factors, style).write(request, factors)
    own = BuiltinAuthor().write(request, factors, candidate.params).programs["compute"]
    assert nameless(candidate.programs["compute"]) != nameless(own)
    if factors.arch == "x86_64" and not runs(factors):
        pytest.skip(f"this machine lacks the instructions of {target}")
    built = build(candidate, find_toolchain(factors.triple), tmp_path)
    result = verify(built, find_runner(factors), "smoke")
    assert result.failure is None
    assert result.counts["compute"] > 500


@pytest.mark.parametrize(("target", "style"), REFUSED)
def test_the_others_are_refused_before_anything_runs(target: str, style: str) -> None:
    factors = library.load(target)
    with pytest.raises(UnusableAnswer, match=f"{ANSWERS[target, style]}: "):
        author(factors, style).write(Request(f"sgemm for {target}"), factors)


def nameless(program: Program) -> list[str]:
    """The instructions without the names of registers."""
    return [f"{i.mnemonic} {re.sub(r'[a-z]+[0-9]+', 'r', str(i.operands))}" for i in program.insns]
