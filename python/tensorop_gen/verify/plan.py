"""The plan: which cases prove an instance. A case is one line of text, as the verifier reads it (harness/case.h)."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tensorop_gen.verify.geometry import Geometry, Path
from tensorop_gen.verify.model import Level
from tensorop_gen.verify.plan_kernels import compute, direct, dot, pack, stream
from tensorop_gen.verify.plan_runs import runs
from tensorop_gen.verify.sizes import Sizes

_ROUNDS = 3  # level full: what is left to chance is drawn so often
# Parameters that the cases of whole calls are made from: blocks, and what the choice of path hangs on.
_PARAMETERS = {
    Path.DIRECT: {"direct_kc"},
    Path.DIRECT_PACK: {"kc"},
    Path.PACKED: {"mc", "nc", "kc"},
    Path.STREAM: {"stream_rows", "stream_min_rows"},
    Path.DOT: {"dot_min_k"},
}


def plan(geometry: Geometry, sizes: Mapping[str, int], level: Level, seed: int, calls_only: bool = False) -> list[str]:
    """All cases of a level. sizes: the candidate's parameters by name; its loops may have edges round them.
    calls_only: without those that call a kernel by itself. The same arguments give the same plan."""
    if level == "case":
        raise ValueError("a single case is its own plan")
    s = Sizes(geometry, sizes, level, random.Random(seed))
    cases: list[str] = []
    for _ in range(_ROUNDS if level == "full" else 1):
        cases += runs(s) if calls_only else _draw(s)
    return list(dict.fromkeys(cases))


def unknown(geometry: Geometry, sizes: Mapping[str, int]) -> list[str]:
    """Parameters whose edges the plan cannot reach, as the candidate does not say them."""
    wanted = set[str]().union(*(_PARAMETERS[path] for path in geometry.paths))
    return sorted(wanted - set(sizes))


def _draw(s: Sizes) -> list[str]:
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
    return cases + runs(s)
