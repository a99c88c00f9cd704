"""The variants that a library holds, and those that a search may try."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import yaml

from tensorop_gen.operators.gemm.cuda.given import Given
from tensorop_gen.operators.gemm.cuda.mma import Mma
from tensorop_gen.operators.gemm.cuda.simt import Simt
from tensorop_gen.operators.gemm.cuda.tma import Tma
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tensorop_gen.operators.gemm.cuda.variant import Factors, Variant

SKETCHES: dict[str, Any] = {"simt": Simt, "mma": Mma, "tma": Tma}
FILE = "kernels/gemm/cuda/variants.yaml"
TUNED = "kernels/tuned/nvptx64-nvidia-cuda"  # <gpu>.json: what was measured or modelled


@functools.cache
def shipped() -> tuple[Variant, ...]:
    """All variants of kernels/gemm/cuda/variants.yaml."""
    return read(source_root() / FILE)


def read(path: Path) -> tuple[Variant, ...]:
    """All variants of a file of that form."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(variant for sketch, rows in content.items() for row in rows for variant in _variants(sketch, row))


def _variants(sketch: str, row: dict[str, Any]) -> Iterable[Variant]:
    operands = row.get("operands", [None])
    shared = {name: value for name, value in row.items() if name != "operands"}
    return [SKETCHES[sketch](**shared | ({"operands": each} if each else {})) for each in operands]


def measured_rates(gpu: str) -> dict[str, float]:
    """Rates that bench/cuda/run_all.py measured on a GPU, by the variants' symbols; empty where none were."""
    record = shipped_record(gpu)
    rates: dict[str, float] = record["rates"] if record.get("kind") == "measured" else {}
    return rates


def shipped_record(gpu: str) -> dict[str, Any]:
    """What is kept of a GPU, its "kind" measured or modelled; empty where nothing is."""
    path = source_root() / TUNED / f"{gpu}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def given(gpu: str) -> tuple[Given, ...]:
    """The kernels from elsewhere that were measured on a GPU and are kept with its rates."""
    return tuple(map(Given.from_dict, shipped_record(gpu).get("given", ())))


def possible(factors: Factors) -> tuple[Variant, ...]:
    """Those that can run on a GPU."""
    return tuple(variant for variant in (*shipped(), *given(factors.name)) if not variant.problems(factors))
