"""What is emitted: proven candidates, each the instance of one CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tensorop_gen.author.model import Candidate

FIRST = "gemm"  # whose instances stand in the table of targets itself (kernels/runtime/instance.h)
Kind = Literal["library", "sources", "amalgamation"]


class EmitError(RuntimeError):
    """The library cannot be written or built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One candidate and the SHA-256 of the verification that proved it."""

    candidate: Candidate
    proof: str

    @property
    def cpu(self) -> str:
        return self.candidate.factors.name

    @property
    def folder(self) -> str:
        """Of its files in the project."""
        return self.cpu if self.candidate.operator == FIRST else f"{self.cpu}/{self.candidate.operator}"


def ordered(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Most specific first, as the dispatcher tries them; then by name, so that the output is always the same."""
    return tuple(sorted(parts, key=lambda p: (*(-int(n) for n in p.candidate.factors.specificity), p.folder)))
