"""What a run is told, what it tells while it works, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tensorop_gen.cache.model import Record
    from tensorop_gen.emit.model import Kind
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.llm.budget import LlmBudget
    from tensorop_gen.tune.model import Budget, Trial


SpeedKind = Literal["measured", "modelled"]  # what candidates were held against each other by


class NotProvenError(RuntimeError):
    """A candidate failed its verification, or cannot be verified here; the message ends in what to run."""


class Reporter(Protocol):
    """Hears what the run does."""

    def stage(self, name: str, text: str) -> None:
        """A stage begins, or has something to say."""

    def note(self, text: str) -> None:
        """Something the user should know."""

    def trial(self, trial: Trial, budget: Budget) -> None:
        """A trial of the search has ended."""

    def progress(self, what: str, done: float, total: float) -> None:
        """Of long work; done == total ends it."""


@dataclass(frozen=True, slots=True)
class LlmChoice:
    """model: as --llm names it. repairs: how often a kernel that was built and found wrong goes back; improvements: how
    often one that is right, to be made faster."""

    model: str
    budget: LlmBudget
    repairs: int = 4
    improvements: int = 1


@dataclass(frozen=True, slots=True)
class Manual:
    """A chip's manual, PDF or text (None: the digest that there is of it), and the model that reads it."""

    file: Path | None
    llm: LlmChoice


@dataclass(frozen=True, slots=True)
class Options:
    """out: the folder to write (None: ./tensorop-<cpu>); tune: None for none; cache: None for the user's. on: what runs
    the candidates: local, emulator, ssh://..., or what fits the target. modelled: whether to tune for a machine that is
    not at hand, on modelled speeds. llm: a model that writes too, or None. steer: the model that policy "llm" asks;
    manual: what describes a chip that no file does. policy, seed: of the search; fixed: parameters that have these
    values; classes: of shapes, whose parameters alone it changes."""

    out: Path | None = None
    tune: Budget | None = None
    emit: Kind = "library"
    cache: Path | None = None
    on: str = ""
    modelled: bool = False
    policy: str = "history"
    seed: int = 0
    fixed: Mapping[str, Any] = field(default_factory=dict)
    llm: LlmChoice | None = None
    steer: LlmChoice | None = None
    manual: Manual | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """record: None where only the portable kernels were asked for; trials, gain: what the search did (gain 1.1: that
    much faster than its start), kind: by which speeds; out: None where nothing was written; llm: what a model cost."""

    factors: HardwareFactors
    record: Record | None
    trials: int = 0
    gain: float = 1.0
    kind: SpeedKind = "measured"
    out: Path | None = None
    llm: str = ""
