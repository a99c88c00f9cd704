"""What the later stages need to know of where a candidate runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

RunKind = Literal["measured", "emulated"]


class Runner(Protocol):
    """kind: what a time taken there is worth. timeout: seconds that one command to a candidate may take."""

    @property
    def kind(self) -> RunKind: ...

    @property
    def timeout(self) -> float: ...

    def command(self, argv: Sequence[str]) -> list[str]:
        """The words that start argv there; its open files and pipes must reach the program."""
