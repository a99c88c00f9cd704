"""The plan: which cases prove an instance. A case is one line of text, as the verifier reads it (harness/case.h)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from tensorop_gen.operators import Operator
from tensorop_gen.operators.cases.geometry import Geometry
from tensorop_gen.operators.cases.sizes import Level, Sizes
from tensorop_gen.verify.plan_kernels import compute, direct, dot, pack, stream

_ROUNDS = 3  # level full: what is left to chance is drawn so often


def plan(
    operator: Operator[Any],
    geometry: Geometry,
    sizes: Mapping[str, int],
    level: Level,
    seed: int,
    calls_only: bool = False,
) -> list[str]:
    """All cases of a level. sizes: the candidate's parameters by name; its loops may have edges round them.
    calls_only: without those that call a kernel by itself. The same arguments give the same plan."""
    if level == "case":
        raise ValueError("a single case is its own plan")
    s = Sizes(geometry, sizes, level, random.Random(seed))
    cases: list[str] = []
    for _ in range(_ROUNDS if level == "full" else 1):
        cases += operator.calls(s) if calls_only else [*_kernels(s), *operator.calls(s)]
    return list(dict.fromkeys(cases))


def _kernels(s: Sizes) -> list[str]:
    geometry, cases = s.geometry, list[str]()
    for role in ("pack_a", "pack_b"):
        if role in geometry.kernels:
            cases += pack(s, role)
    if "compute" in geometry.kernels:
        cases += compute(s)
    for role in ("direct_n", "direct_t"):
        if role in geometry.kernels:
            cases += direct(s, role)
    if "stream" in geometry.kernels:
        cases += stream(s)
    if "dot" in geometry.kernels:
        cases += dot(s)
    return cases
