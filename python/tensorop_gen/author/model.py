"""What an author is asked for and what it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.operators.params import Params
from tensorop_gen.request.model import Request

# Reordered blocks of kernels: ("<role>:<block label>", permutation of the block's instructions).
Order = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Candidate:
    """Sketch, kernels and parameter values for one target.

    params: the operator's (Params). files: file name -> text ("instance.c", "kernels.S"); instance: the C symbol of its
    tensorop_instance. edges: sizes round which the kernels are verified, beside those among the parameters. programs:
    the kernels as they stand in files, for models of their speed."""

    operator: str
    dtype: str
    factors: HardwareFactors
    params: Any
    author: str
    files: Mapping[str, str]
    instance: str
    order: Order = field(default=())
    edges: tuple[int, ...] = ()
    programs: Mapping[Role, Program] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """SHA-256 of what would be compiled."""
        text = "\0".join(f"{name}\0{self.files[name]}" for name in sorted(self.files))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Feedback:
    """Why a candidate was turned down: the stage, its message, and where (file:line, or a verifier's case)."""

    stage: str
    text: str
    where: str = ""


class Author(Protocol):
    """Writes candidates; `feedback` is why the one before was turned down."""

    @property
    def name(self) -> str: ...
    def write(
        self,
        request: Request,
        factors: HardwareFactors,
        params: Params | None = None,
        order: Order = (),
        feedback: Feedback | None = None,
    ) -> Candidate: ...
