"""Proof that the checks bite on the real sketch: one line of it is changed at a time. Its blocks are small, so that
a whole proof is quick."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.model import Candidate
from tensorop_gen.build import Toolchain, build
from tensorop_gen.hardware import library
from tensorop_gen.hardware.probe import runs
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.run import LocalRunner
from tensorop_gen.verify import Verification, verify

FACTORS = library.load("x86-64-v3")
# Larger than the sizes that are tested whatever the blocks are.
BLOCKS: dict[str, Any] = {"mc": 248, "nc": 248, "kc": 256, "direct_kc": 360, "stream_rows": 1200}
CHOICE: dict[str, Any] = {"stream_min_rows": 1500, "dot_min_k": 140}
# What is wrong: the line as it is, as it is then.
BUGS = {
    # PACKED: blocks in two dimensions
    "second rows take the first k-steps of A": ("at(&g->a, ic, pc)", "at(&g->a, ic, ic ? 0 : pc)"),
    "second columns scale C for each block": ("k.beta = pc ?", "k.beta = pc && !jc ?"),
    "second columns keep one panel of B": ("k.columns && k.m == g->m;", "k.columns && (k.m == g->m || jc);"),
    "second columns pack B once": ("g->packed_b || ic ?", "g->packed_b || ic || (jc && pc) ?"),
    "second columns forget alpha": ("k.beta = pc ?", "k.alpha = jc && pc ? 1.0F : g->alpha;\n k.beta = pc ?"),
    "second rows forget beta": ("k.c = g->c + ic", "if (ic && !pc) k.beta = 0.0F;\n k.c = g->c + ic"),
    "second columns take the first k-steps of B": ("at(&bt, jc, pc)", "at(&bt, jc, jc ? 0 : pc)"),
    # in three
    "A is packed for one block of columns": ("g->packed_a ? NULL", "g->packed_a || (ic && pc && jc) ? NULL"),
    # packed ahead, shares
    "offset of the share at the first rows only": ("g->row0 + ic", "(ic ? 0 : g->row0) + ic"),
    "second rows take the first block of packed A": ("g->row0 + ic, pc,", "g->row0 + ic, ic ? 0 : pc,"),
    "blocks of a wide operand packed ahead": ("panel) * pc);", "panel) * (width > NC ? 0 : pc));"),
    "k is cut by the share's rows": ("even(g->k, KC, 1), mb", "even(g->k, g->m > MC ? KC / 2 : KC, 1), mb"),
    "k is cut by the share's columns": ("even(g->k, KC, 1), mb", "even(g->k, g->n > NC ? KC / 2 : KC, 1), mb"),
    # operands in place
    "DIRECT: second rows": ("src a = at(&g->a, i, pc)", "src a = at(&g->a, i, i ? 0 : pc)"),
    "DIRECT: k is cut by the share's rows": (
        "(g->k, DIRECT_KC, 1)",
        "(g->k, g->m > MR ? DIRECT_KC / 2 : DIRECT_KC, 1)",
    ),
    "DIRECT_PACK: second rows": ("rows = at(&g->a, i, pc)", "rows = at(&g->a, i, i ? 0 : pc)"),
    "STREAM: second rows of B": ("b = at(&g->b, p, 0)", "b = at(&g->b, i ? 0 : p, 0)"),
    "STREAM: second rows scale C": ("tile.beta = 1.0F;", "tile.beta = i ? g->beta : 1.0F;"),
    "DOT: more products than fit": ("min64(DOT_EDGE, DOT_PRODUCTS / narrow)", "DOT_EDGE"),
    # choice of path
    "STREAM for rows": ("in_place && g->n <= STREAM_N", "g->n <= STREAM_N"),
    "STREAM for wide C": ("g->n <= STREAM_N &&", "g->n <= STREAM_N + 1 &&"),
    "DOT for wide C": (
        "few_rows = g->m <= DOT_EDGE && g->b.rs == 1, few",
        "few_rows = g->m <= DOT_EDGE + 1 && g->b.rs == 1, few",
    ),
    "DOT for k that is too long": (" && g->k * DOT_EDGE <= (int64_t)(MC + NC) * KC", ""),
}

pytestmark = pytest.mark.skipif(not runs(FACTORS), reason="this machine lacks AVX2")


@pytest.fixture(scope="module")
def right() -> Candidate:
    params = replace(defaults(FACTORS), vectors=1, nr=4, direct_caps=(5, 3), **BLOCKS, **CHOICE)
    return BuiltinAuthor().write(Request("sgemm"), FACTORS, params)


def proof(candidate: Candidate, toolchain: Toolchain, folder: Path) -> Verification:
    return verify(build(candidate, toolchain, folder), LocalRunner(timeout=0.5), "quick")


def test_right_sketch_passes(right: Candidate, toolchain: Toolchain, tmp_path: Path) -> None:
    result = proof(right, toolchain, tmp_path)
    assert result.failure is None
    assert not any("blocks" in what for what in result.not_checked)


@pytest.mark.parametrize("bug", BUGS)
def test_bug_is_found(bug: str, right: Candidate, toolchain: Toolchain, tmp_path: Path) -> None:
    line, wrong = BUGS[bug]
    text = right.files["instance.c"]
    assert text.count(line) == 1, "the sketch was written anew: so must be this bug"
    wrong_one = replace(right, files={**right.files, "instance.c": text.replace(line, wrong)})
    failure = proof(wrong_one, toolchain, tmp_path).failure
    assert failure is not None
    assert failure.case.split()[0] in ("run", "packed"), "the kernels are right"
