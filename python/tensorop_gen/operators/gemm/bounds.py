"""Between which values each parameter of GEMM must lie, whatever the target."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorop_gen.operators.gemm.params import GemmParams

_INT = 2**31 - 1  # of C: sizes stand in enumerations
_PASS = 64  # k-steps of a loop pass: kernels are written out for each tile size
_PAGE = 4096  # bytes ahead: prefetching stops at the next page
_BOUNDS = {
    "unroll": (1, _PASS),
    "direct_unroll": (1, _PASS),
    "prefetch_b": (0, _PAGE),
    "prefetch_c": (0, _INT),
    "direct_prefetch_c": (0, _INT),
    "direct_work": (0, _INT),
    "direct_min_rows": (0, _INT),
    "direct_pack_work": (0, _INT),
    "direct_min_columns": (0, _INT),
    "stream_k": (1, 8),
    "stream_n": (1, 4),
    "stream_min_rows": (0, _INT),
    "dot_edge": (1, 4),
    "dot_min_k": (0, _INT),
    "group": (1, 8),
}


def out_of_bounds(params: GemmParams) -> list[str]:
    """A sentence for each parameter that no target can have."""
    found = []
    for name in (f.name for f in fields(params)):
        value = getattr(params, name)
        if isinstance(value, bool | tuple):
            continue
        least, most = _BOUNDS.get(name, (1, _INT))
        if value < least:
            found.append(f"{name} must be at least {least}")
        if value > most:
            found.append(f"{name} must be at most {most}")
    if params.stream_products < params.stream_n:
        found.append("stream_products must be at least stream_n: a step of STREAM takes an element of each column of B")
    if params.dot_products < params.dot_edge:
        found.append("dot_products must be at least dot_edge: DOT takes that many rows with at least one column")
    return found
