"""What the later stages need to know of where a candidate runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

RunKind = Literal["measured", "emulated"]


class BoardError(RuntimeError):
    """A board cannot be used; the message says why and what to do."""


class BoardLost(BoardError):  # noqa: N818  # what happened, not a fault of this program
    """A board that was at work is there no more: what was found before is kept."""


class Runner(Protocol):
    """kind: what a time taken there is worth. timeout: seconds that one command to a candidate may take. away: on
    another machine, where the verifier then runs too; programs for it are static."""

    @property
    def kind(self) -> RunKind: ...

    @property
    def timeout(self) -> float: ...

    @property
    def away(self) -> bool: ...

    def command(self, argv: Sequence[str]) -> list[str]:
        """The words that start argv there. Standard input and output reach the program; if not away, so do all other
        open files."""
