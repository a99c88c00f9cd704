"""targets.c: the table by which the library chooses an instance when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorop_gen.emit.model import Part
    from tensorop_gen.hardware.model import Detect

_WORDS = 4  # uint64 words of a row's model bits


def rows(parts: tuple[Part, ...]) -> list[dict[str, object]]:
    """What the template needs to know of each target."""
    return [_row(part.cpu, part.candidate.instance, part.candidate.factors.detect) for part in parts]


def _row(name: str, instance: str, detect: Detect) -> dict[str, object]:
    bits = sum(1 << model for model in detect.models)
    words = [(bits >> 64 * i) & (2**64 - 1) for i in range(_WORDS)]
    return {
        "name": name,
        "instance": instance,
        "features": [feature.upper() for feature in detect.features],
        "vendor": detect.vendor,
        "family": _number(detect.family or 0),
        "models": [f"0x{word:x}" for word in words] if detect.models else [],
        "compatible": detect.compatible,
    }


def _number(value: int) -> str:
    """As C reads it; 0 stays empty."""
    return f"UINT64_C(0x{value:x})" if value >> 31 else str(value or "")
