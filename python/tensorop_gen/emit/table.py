"""targets.c: the table by which the library chooses an instance when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.emit.model import FIRST

if TYPE_CHECKING:
    from tensorop_gen.emit.model import Part
    from tensorop_gen.hardware.model import Detect

PORTABLE = "tensorop_instance_generic"
_WORDS = 4  # uint64 words of a row's model bits


def rows(parts: tuple[Part, ...]) -> list[dict[str, object]]:
    """What the template needs to know of each target, once whatever the operators."""
    found = {part.cpu: part.candidate.factors.detect for part in parts}
    return [_row(cpu, _instance(parts, cpu, FIRST) or PORTABLE, detect) for cpu, detect in found.items()]


def further(parts: tuple[Part, ...]) -> list[tuple[str, list[str]]]:
    """Of each operator but the first: its instance for each row, NULL where there is none; the last row is the portable
    kernels', which an operator's own C chooses."""
    cpus = dict.fromkeys(part.cpu for part in parts)

    def entries(operator: str) -> list[str]:
        return [f"&{name}" if (name := _instance(parts, cpu, operator)) else "NULL" for cpu in cpus]

    return [(operator, [*entries(operator), "NULL"]) for operator in operators.names() if operator != FIRST]


def _instance(parts: tuple[Part, ...], cpu: str, operator: str) -> str | None:
    found = (part.candidate for part in parts if (part.cpu, part.candidate.operator) == (cpu, operator))
    return next((candidate.instance for candidate in found), None)


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
