"""A model steers a search: the history of a path picks the kinds of action, that of the whole tree proposes actions."""

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
SHOWN = 80  # possible actions that a prompt names
_REASON = 100  # characters of why there is no speed


class Step(BaseModel):
    """A change that was tried. gain: log of the ratio of speeds; reason: why there is none."""

    model_config = ConfigDict(frozen=True)

    change: str
    gain: float = 0.0
    reason: str = ""

    @property
    def outcome(self) -> str:
        """Its figure is marked as measured, so that a replayed prompt is known again whatever it is."""
        if self.reason:
            return f"not possible, {self.reason.splitlines()[0][:_REASON]}"
        return f"[measured: {100 * math.expm1(self.gain):+.1f} %]"


class Kinds(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kinds: list[str]
    why: str = ""


class Proposals(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actions: list[str]
    why: str = ""


def _listing(field: str, names: Sequence[str], most: int) -> dict[str, Any]:
    """The schema with the names themselves: a server that keeps to schemas lets no model name anything else."""
    listed = {"type": "array", "items": {"enum": list(names)}, "minItems": 1, "maxItems": most}
    properties = {field: listed, "why": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def pick_kinds(
    model: Model,
    factors: HardwareFactors,
    start: GemmParams,
    path: Sequence[Step],
    kinds: Sequence[str],
    most: int = 8,
) -> tuple[str, ...]:
    """The kinds of the next actions, one after the other. start: parameters that the path begins with. Raises LlmError
    where the model names none of the kinds."""

    def read(text: str) -> tuple[str, ...]:
        return _known(as_json(Kinds)(text).kinds, kinds)[:most]

    question = prompt(
        "action",
        schema=_listing("kinds", kinds, most),
        path=path[-MOST:],
        kinds=kinds,
        most=most,
        **_situation(factors, start),
    )
    return ask(model, question, read)


def propose_actions(
    model: Model,
    factors: HardwareFactors,
    params: GemmParams,
    history: Sequence[Step],
    possible: Sequence[str],
    most: int = 8,
) -> tuple[str, ...]:
    """Names of actions worth trying from these parameters, the best first. possible: those that can be made; what the
    model proposes beside them is left out. Raises LlmError where nothing remains."""

    def read(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_known(as_json(Proposals)(text).actions, possible)))[:most]

    question = prompt(
        "space",
        schema=_listing("actions", possible[:SHOWN], most),
        history=history[-MOST:],
        possible=possible[:SHOWN],
        limits=limits(factors, params),
        most=most,
        **_situation(factors, params),
    )
    return ask(model, question, read)


def _known(named: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those that are known. Raises ValueError if none of them is."""
    found = tuple(name.strip() for name in named if name.strip() in known)
    if not found:
        raise ValueError(f"{', '.join(named)[:80]!r}: none of it is on the list")
    return found


def _situation(factors: HardwareFactors, params: GemmParams) -> dict[str, Any]:
    return {
        "operator": "gemm",
        "dtype": "f32",
        "title": f"{factors.title} ({factors.isa})",
        "factors": told(factors),
        "hints": hints(),
        "parameters": ", ".join(f"{name}={value}" for name, value in params.to_dict().items()),
    }
