"""Programs that this machine runs itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tensorop_gen.run.base import RunKind


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """Starts a program as it is."""

    timeout: float = 10.0
    kind: ClassVar[RunKind] = "measured"
    away: ClassVar[bool] = False

    def command(self, argv: Sequence[str]) -> list[str]:
        return list(argv)
