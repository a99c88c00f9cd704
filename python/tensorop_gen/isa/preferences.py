"""What suits an instruction set: where tuning begins and what it may try beside kernels/gemm/space.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Preferences:
    """tiles: vectors x columns of COMPUTE that are worth trying, the first to begin with.
    start: parameters of GEMM that begin with another value than their default.
    choices: group of the tuning space -> parameter -> the values worth trying.
    together: parameters that make sense only if they change at once, tried where tiles are.
    unused: parameters of the tuning space that change nothing here."""

    tiles: tuple[tuple[int, int], ...]
    start: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)
    together: tuple[Mapping[str, Any], ...] = ()
    unused: frozenset[str] = frozenset()

    def allows(self, group: str, parameter: str) -> bool:
        return parameter in self.choices.get(group, {})
