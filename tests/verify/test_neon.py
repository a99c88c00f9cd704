"""NEON kernels run on the emulated CPUs: each target's own parameters, and tiles with odd edges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.run import Machine, find_emulator
from tensorop_gen.verify import verify

ODD: list[dict[str, Any]] = [
    {"vectors": 3, "nr": 7, "unroll": 3, "direct_unroll": 6, "prefetch_a": 256, "prefetch_b": 128},
    {"vectors": 4, "nr": 6, "unroll": 2, "direct_unroll": 1, "direct_prefetch_a": True},
    {
        "vectors": 1,
        "nr": 3,
        "ahead": False,
        "prefetch_c": 3,
        "direct_caps": (9, 5, 2),
        "stream_n": 3,
        "stream_products": 12,
    },
]


@pytest.mark.parametrize(
    ("target", "changes"), [("cortex-a72", {}), ("armv8-a", {}), *(("cortex-a76", c) for c in [{}, *ODD])]
)
def test_kernels_are_right(target: str, changes: dict[str, Any], tmp_path: Path) -> None:
    factors = library.load(target)
    params = replace(defaults(factors), **changes)
    mr = params.mr(4)
    if changes:
        params = replace(params, kc=32, mc=2 * mr, nc=4 * params.nr)  # loops of all blocks are gone through
    candidate = BuiltinAuthor().write(Request("sgemm"), factors, params)
    result = verify(
        build(candidate, find_toolchain(factors.triple), tmp_path), find_emulator(Machine.like(factors)), "smoke"
    )
    assert result.passed, result.failure
    assert result.cases > 2000
    assert {"pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot"} < set(result.counts)
