"""The variants that a library holds, and those that a search may try."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import yaml

from tensorop_gen.operators.gemm.cuda.mma import Mma
from tensorop_gen.operators.gemm.cuda.simt import Simt
from tensorop_gen.operators.gemm.cuda.tma import Tma
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorop_gen.operators.gemm.cuda.variant import Factors, Variant

SKETCHES: dict[str, Any] = {"simt": Simt, "mma": Mma, "tma": Tma}
FILE = "kernels/gemm/cuda/variants.yaml"


@functools.cache
def shipped() -> tuple[Variant, ...]:
    """All variants of kernels/gemm/cuda/variants.yaml."""
    content = yaml.safe_load((source_root() / FILE).read_text(encoding="utf-8"))
    return tuple(variant for sketch, rows in content.items() for row in rows for variant in _variants(sketch, row))


def _variants(sketch: str, row: dict[str, Any]) -> Iterable[Variant]:
    operands = row.get("operands", [None])
    shared = {name: value for name, value in row.items() if name != "operands"}
    return [SKETCHES[sketch](**shared | ({"operands": each} if each else {})) for each in operands]


def possible(factors: Factors) -> tuple[Variant, ...]:
    """Those that can run on a GPU."""
    return tuple(variant for variant in shipped() if not variant.problems(factors))
