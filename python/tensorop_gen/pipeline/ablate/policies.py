"""The policies that are held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.llm.open import open_model
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.policy import NAMES, make_policy
from tensorop_gen.tune.steered import NAME, LlmPolicy

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.ablate.search import MakePolicy
    from tensorop_gen.pipeline.model import LlmChoice, Reporter
    from tensorop_gen.tune.model import Point


def makers(factors: HardwareFactors, llm: LlmChoice | None, file: Path, say: Reporter) -> dict[str, MakePolicy]:
    """By name; with a model, that steered by it comes first. file: of its transcript. Raises SetupError."""
    plain: dict[str, MakePolicy] = {name: _plain(name) for name in NAMES}
    if llm is None:
        return plain
    recorder, _ = open_model(llm.model, llm.budget, file, say.note)

    def steered(seed: int, start: Point) -> LlmPolicy:
        return LlmPolicy(recorder, factors, start, HistoryPolicy(seed, start), say.note)

    return {NAME: steered} | plain


def _plain(name: str) -> MakePolicy:
    return lambda seed, _: make_policy(name, seed)
