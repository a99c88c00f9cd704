"""What is known of a candidate after it was proven, or not."""

from __future__ import annotations

import shlex
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tensorop_gen.author.model import Feedback
from tensorop_gen.operators.cases.sizes import Level


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(Frozen):
    """The first thing that went wrong. case: the verifier's line for it. alone: that case fails in a fresh process
    too; if not, the candidate keeps state from earlier calls.

    kind: element (a wrong result) · panel (a wrong packed element) · share (other bits when cut into shares) · outside
    (wrote where it must not) · descriptor (wrote into its arguments) · read, write, access (fault) · signal · abi ·
    syscall · timeout · died · start · plan (the case itself is impossible)."""

    kind: str
    text: str
    case: str
    alone: bool = True


class Verification(Frozen):
    """Kept with every record. worst: largest ratio r of random data by kernel and by path ("run packed"), and
    worst_ratio over all; counts: calls of each. harness: hash of the harness's sources. kind: where it ran.
    not_checked: what this machine or this candidate gave no way to check."""

    passed: bool
    cases: int
    worst_ratio: float
    worst: dict[str, float]
    counts: dict[str, int]
    seed: int
    level: Level
    harness: str
    kind: Literal["measured", "emulated"]
    not_checked: tuple[str, ...] = ()
    failure: Failure | None = None

    def reproducer(self, command: str = "tensorop-gen verify") -> str:
        """One line that shows the failure again; `command` names what is verified, empty if nothing failed."""
        if self.failure is None:
            return ""
        if not (self.failure.alone and self.failure.case):
            return f"{command} --level {self.level} --seed {self.seed}"
        return f"{command} --case {shlex.quote(self.failure.case)} --seed {self.seed}"

    def feedback(self) -> Feedback | None:
        """For the author, if it failed."""
        if self.failure is None:
            return None
        return Feedback("verify", f"{self.failure.kind}: {self.failure.text}", self.failure.case)
