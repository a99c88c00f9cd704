"""RISC-V kernels that no target begins with, run under QEMU: groupings, spread elements, many vectors.

What targets begin with is proven by the matrix of instruction sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.hardware.library import load
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.run import Machine, find_emulator
from tensorop_gen.verify import verify

_SPLAT = {"group": 1, "splat": True, "vectors": 4, "nr": 6, "direct_caps": (14, 12, 9, 6), "mc": 80, "nc": 600}
CASES = [
    ("c910", 128, _SPLAT),
    ("c910", 128, {"ahead": True, "unroll": 2}),
    ("rvv", 128, {"vectors": 3, "nr": 4, "mc": 96, "nc": 600, "unroll": 2}),
    ("rvv", 512, {"vectors": 2, "nr": 6, "mc": 96, "nc": 600, "splat": True, "direct_caps": (13, 6, 4)}),
    ("rvv", 1024, {"group": 1, "vectors": 5, "nr": 5, "mc": 100, "nc": 600, "direct_caps": (16, 14, 9, 6, 5)}),
    ("rvv", 256, {"group": 4, "vectors": 1, "nr": 6, "mc": 96, "nc": 600, "direct_caps": (7, 3), "unroll": 1}),
    ("rvv", 256, {"ahead": False, "stream_products": 28, "dot_products": 16}),
    ("rv64gc", 128, {"vectors": 5, "nr": 4, "mc": 80, "nc": 600, "direct_caps": (16, 13, 8, 6, 4)}),
]


@pytest.mark.parametrize(("target", "vlen", "changes"), CASES)
def test_proven(target: str, vlen: int, changes: dict[str, object], tmp_path: Path) -> None:
    factors = load("rv64gcv" if target == "rvv" else target)
    params = replace(defaults(factors), kc=64, **changes)  # type: ignore[arg-type]
    candidate = BuiltinAuthor().write(Request("", target=factors.name), factors, params)
    built = build(candidate, find_toolchain(factors.triple), tmp_path)
    runner = replace(find_emulator(Machine.like(factors, vlen)), timeout=120)
    result = verify(built, runner, "smoke", 0)
    assert result.passed, result.failure
    assert result.cases > 1000
