"""Whether a record was made when its target's file said to begin elsewhere. The key of records does not tell: what is
proven stays proven, and a search may have left the start far behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tensorop_gen import operators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors


def stale(record: Record, factors: HardwareFactors) -> str:
    """In words; empty if it is not, or if a record of an earlier release does not say where its search began."""
    before, now = _starts(record, factors)
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if not names:
        return ""
    return (
        f"the record of {factors.name} is stale: it began with {_told(before, names)}, the target's file with "
        f"{_told(now, names)} today; it is used until it is tuned again (tensorop-gen tune)"
    )


def _starts(record: Record, factors: HardwareFactors) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Then and now. Analytical parameters are where they began, all of them."""
    if record.provenance.params == "analytical":
        defaults = operators.find(record.operator).defaults(factors)
        return record.params, json.loads(json.dumps(defaults.to_dict()))
    now: dict[str, Any] = json.loads(json.dumps(factors.start))
    return (now if record.provenance.start is None else record.provenance.start), now


def _told(values: Mapping[str, Any], names: list[str]) -> str:
    return ", ".join(f"{name}={values[name]}" if name in values else f"no {name}" for name in names)
