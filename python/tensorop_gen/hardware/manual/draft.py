"""A target file for a chip that nobody has described, from the facts of its manual."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.manual.document import Document
from tensorop_gen.hardware.manual.extract import Fact
from tensorop_gen.hardware.model import ASSUMED, Cache, HardwareError, HardwareFactors

# Where what the manual leaves open comes from: the least that every such CPU has; of RVV 0.7.1 the C910, for the
# least, the C906, has no L2 for a manual's values to stand in.
_GENERIC = {
    "avx2": "x86-64-v3",
    "avx512": "x86-64-v4",
    "neon": "armv8-a",
    "rvv": "rv64gcv",
    "rvv071": "c910",
    "rv64": "rv64gc",
}
# The facts that stand in one row of a target's file.
_ROWS = {
    "vectors": ("vector_bits", "flops_per_cycle"),
    "l1d": ("l1d_bytes", "l1d_ways", "l1d_line"),
    "l2": ("l2_bytes", "l2_ways", "l2_shared_by"),
    "cores": ("cores",),
    "clock_ghz": ("clock_ghz",),
}


def draft(name: str, title: str, facts: Sequence[Fact], document: Document) -> str:
    """YAML; every number names its page or the word assumed. Raises HardwareError if not even the
    instruction set was found."""
    stated = {fact.name: fact for fact in facts}
    isa = str(stated["isa"].value) if "isa" in stated else ""
    if isa not in _GENERIC:
        raise HardwareError(
            f"the instruction set of {title} (one of {', '.join(_GENERIC)}) was not found in {document.name}: "
            "try a stronger model or a manual that tells it, or write the target's file by hand (docs/targets.md)"
        )
    sources = {row: _source(names, stated, document) for row, names in _ROWS.items()}
    content = {"schema": 1, "name": name, "title": title, "aliases": list(document.aliases)}
    content |= _content(isa, load(_GENERIC[isa]), {fact.name: fact.value for fact in facts}, sources)
    content["sources"] = {row: text for row, text in sources.items() if text != ASSUMED}
    head = (
        f"# Drafted from {document.name}; what it leaves open is assumed.\n# {isa}: {document.where(stated['isa'])}\n"
    )
    return head + yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)


def _source(names: Sequence[str], stated: dict[str, Fact], document: Document) -> str:
    """Where the numbers of a row are from."""
    texts = list(dict.fromkeys(document.where(stated[name]) for name in names if name in stated))
    if not texts:
        return ASSUMED
    left = [name for name in names if name not in stated]
    return "; ".join(texts + ([f"{ASSUMED}: {', '.join(left)}"] if left else []))


def _content(
    isa: str, base: HardwareFactors, values: dict[str, float | str], sources: dict[str, str]
) -> dict[str, Any]:
    def source(row: str) -> str:
        return ASSUMED if sources[row] == ASSUMED else row

    bits = int(values.get("vector_bits", base.vector_bits))
    flops = values.get("flops_per_cycle", max(base.flops_per_cycle * bits // base.vector_bits, 1))
    vectors = {"bits": bits, "registers": base.vector_registers, "flops_per_cycle": int(flops)}
    content: dict[str, Any] = {
        "triple": base.triple,
        "isa": isa,
        "vectors": vectors | {"source": source("vectors")},
        "caches": [_cache(cache, values, source) for cache in base.caches],
        "cores": {"value": int(values.get("cores", base.cores)), "source": source("cores")},
    }
    if "clock_ghz" in values:
        content["clock_ghz"] = {"value": values["clock_ghz"], "source": source("clock_ghz")}
    return content | {"detect": {"features": list(base.detect.features), "source": ASSUMED}}


def _cache(cache: Cache, values: dict[str, float | str], source: Callable[[str], str]) -> dict[str, Any]:
    row = {1: "l1d", 2: "l2"}.get(cache.level, "") if cache.kind != "instruction" else ""
    if not row:
        return cache.model_dump() | {"source": ASSUMED}
    named = {name.removeprefix(f"{row}_"): int(values[name]) for name in _ROWS[row] if name in values}
    return cache.model_dump() | named | {"source": source(row)}


def file_name(title: str) -> str:
    """A target's name from a chip's: lower case, dashes. Raises HardwareError if nothing is left."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not name:
        raise HardwareError(f"{title!r} gives no name for a target: use letters and digits")
    return name
