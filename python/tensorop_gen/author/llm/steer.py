"""A model steers a search: the history of a path picks the next action, that of the whole tree proposes actions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from tensorop_gen.author.llm.sketch import limits
from tensorop_gen.hardware.hints import hints
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.told import told
from tensorop_gen.llm.ask import as_json, ask
from tensorop_gen.llm.model import Model
from tensorop_gen.llm.prompts import prompt
from tensorop_gen.operators.gemm.params import GemmParams

MOST = 40  # steps of a history that a prompt tells, the latest


class Step(BaseModel):
    """A change that was tried. gain: log of the ratio of speeds; reason: why there is none."""

    model_config = ConfigDict(frozen=True)

    change: str
    gain: float = 0.0
    reason: str = ""

    @property
    def percent(self) -> float:
        return 100 * math.expm1(self.gain)


class Pick(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: str
    why: str = ""


class Proposal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parameter: str
    value: int | bool


class Proposals(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actions: list[Proposal]


def pick_action(
    model: Model, factors: HardwareFactors, params: GemmParams, path: Sequence[Step], actions: Sequence[str]
) -> str:
    """One of the actions. Raises LlmError where the model names none of them."""

    def read(text: str) -> str:
        action = as_json(Pick)(text).action.strip()
        if action not in actions:
            raise ValueError(f"{action[:60]!r} is none of the list")
        return action

    question = prompt(
        "action",
        schema=Pick.model_json_schema(),
        path=path[-MOST:],
        actions=actions,
        **_situation(factors, params),
    )
    return ask(model, question, read)


def propose_actions(
    model: Model, factors: HardwareFactors, params: GemmParams, history: Sequence[Step], most: int = 8
) -> tuple[tuple[str, Any], ...]:
    """(parameter, value) pairs worth trying; whether they are legal is for the search to see. Raises LlmError."""
    known = params.to_dict()

    def read(text: str) -> tuple[tuple[str, Any], ...]:
        proposals = as_json(Proposals)(text).actions[:most]
        if unknown := [p.parameter for p in proposals if type(known.get(p.parameter)) is not type(p.value)]:
            raise ValueError(f"{', '.join(unknown)[:80]}: no parameter, or its value is of another kind")
        return tuple(dict.fromkeys((p.parameter, p.value) for p in proposals if known[p.parameter] != p.value))

    question = prompt(
        "space",
        schema=Proposals.model_json_schema(),
        history=history[-MOST:],
        limits=limits(factors, params),
        most=most,
        **_situation(factors, params),
    )
    return ask(model, question, read)


def _situation(factors: HardwareFactors, params: GemmParams) -> dict[str, Any]:
    return {
        "operator": "gemm",
        "dtype": "f32",
        "title": f"{factors.title} ({factors.isa})",
        "factors": told(factors),
        "hints": hints(),
        "parameters": ", ".join(f"{name}={value}" for name, value in params.to_dict().items()),
    }
