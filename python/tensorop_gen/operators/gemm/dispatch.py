"""The path that the sketch takes for a shape: kernels/gemm/sketch.c.j2's choice, told without running it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from tensorop_gen.operators.gemm.params import GemmParams
from tensorop_gen.request.model import Shape

Path = Literal["packed", "direct", "direct_pack", "stream", "dot"]


def path(params: GemmParams, roles: Collection[str], shape: Shape) -> Path:
    """Of a row-major call with dense matrices; the sketch sees it with operands swapped. roles: the kernels that the
    instruction set has."""
    m, k, n = shape.n, shape.k, shape.m
    plain_a, plain_b = shape.layout[1] == "N", shape.layout[0] == "N"
    rows_a, steps_a, steps_b = plain_a or k == 1, not plain_a or m == 1, plain_b or n == 1  # what is contiguous
    if "stream" in roles and rows_a and n <= params.stream_n and m >= params.stream_min_rows:
        return "stream"
    few = (m <= params.dot_edge and steps_b) or (n <= params.dot_edge and steps_a)
    fits = k * params.dot_edge <= (params.mc + params.nc) * params.kc
    if "dot" in roles and few and k >= params.dot_min_k and fits:
        return "dot"
    work = m * n * k
    if "direct_n" in roles and rows_a and (work <= params.direct_work or m <= params.direct_min_rows):
        return "direct"
    if "direct_n" in roles and (work <= params.direct_pack_work or n <= params.direct_min_columns):
        return "direct_pack"
    return "packed"
