"""A target file for a chip that nobody has described, from the facts of its manual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.manual.extract import Fact
from tensorop_gen.hardware.model import HardwareError, HardwareFactors

# Where what the manual leaves open comes from: the least that every such CPU has.
_GENERIC = {
    "avx2": "x86-64-v3",
    "avx512": "x86-64-v4",
    "neon": "armv8-a",
    "rvv": "rv64gcv",
    "rvv071": "c910",
    "rv64": "rv64gc",
}
_ASSUMED = "assumed"


def draft(name: str, title: str, facts: Sequence[Fact], manual: str) -> str:
    """YAML; every number names its page or the word assumed. Raises HardwareError if the manual does not even tell the
    instruction set."""
    values = {fact.name: fact.value for fact in facts}
    isa = str(values.get("isa", ""))
    if isa not in _GENERIC:
        raise HardwareError(
            f"the manual does not tell the instruction set of {title} (one of {', '.join(_GENERIC)}): "
            "give one that does, or write the target's file by hand (docs/targets.md)"
        )
    base = load(_GENERIC[isa])
    sources = {f"page{fact.page}": f"{manual}, page {fact.page}" for fact in facts}
    sources |= {f"said_{fact.name}": f'{manual}, page {fact.page}: "{fact.quotation}"' for fact in facts}
    content = _content(name, title, isa, base, values)
    used = {source for source in _sources_in(content) if source != _ASSUMED}
    content["sources"] = {key: text for key, text in sources.items() if key in used}
    return f"# Drafted from {manual}; what it leaves open is assumed.\n" + yaml.safe_dump(
        content, sort_keys=False, width=120, allow_unicode=True
    )


def _content(name: str, title: str, isa: str, base: HardwareFactors, values: dict[str, float | str]) -> dict[str, Any]:
    def source(fact: str) -> str:
        return f"said_{fact}" if fact in values else _ASSUMED

    bits = int(values.get("vector_bits", base.vector_bits))
    content: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "title": title,
        "triple": base.triple,
        "isa": isa,
        "vectors": {
            "bits": bits,
            "registers": base.vector_registers,
            "flops_per_cycle": max(base.flops_per_cycle * bits // base.vector_bits, 1),
            "source": source("vector_bits"),
        },
        "caches": _caches(base, values, source),
        "cores": {"value": int(values.get("cores", base.cores)), "source": source("cores")},
    }
    if "clock_ghz" in values:
        content["clock_ghz"] = {"value": values["clock_ghz"], "source": source("clock_ghz")}
    content["detect"] = {"features": list(base.detect.features), "source": _ASSUMED}
    return content


def _caches(base: HardwareFactors, values: dict[str, float | str], source: Any) -> list[dict[str, Any]]:
    rows = []
    for cache in base.caches:
        row: dict[str, Any] = cache.model_dump()
        prefix = {1: "l1d", 2: "l2"}.get(cache.level)
        stated = [key for key in ("bytes", "ways", "line", "shared_by") if f"{prefix}_{key}" in values]
        for key in stated:
            row[key] = int(values[f"{prefix}_{key}"])
        rows.append(row | {"source": source(f"{prefix}_{stated[0]}") if stated else _ASSUMED})
    return rows


def _sources_in(content: dict[str, Any]) -> set[str]:
    rows = [value for value in content.values() if isinstance(value, dict)]
    return {row["source"] for row in [*rows, *content["caches"]]}


def file_name(title: str) -> str:
    """A target's name from a chip's: lower case, dashes. Raises HardwareError if nothing is left."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not name:
        raise HardwareError(f"{title!r} gives no name for a target: use letters and digits")
    return name
