"""The model that `--llm` names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.llm.budget import LlmBudget, Meter
from tensorop_gen.llm.client import Client
from tensorop_gen.llm.endpoint import find_endpoint
from tensorop_gen.llm.model import Answer, Model, Prompt
from tensorop_gen.llm.relay import Relay
from tensorop_gen.llm.replay import Replay
from tensorop_gen.llm.transcript import Recorder


@dataclass(frozen=True, slots=True)
class _Counted:
    """A model that takes no time of ours: people's, or what a replayed run took."""

    model: Model
    meter: Meter

    @property
    def name(self) -> str:
        return self.model.name

    def answer(self, prompt: Prompt) -> Answer:
        answer = self.model.answer(prompt)
        self.meter.count(answer.usage, 0.0)
        return answer


def is_decided(name: str) -> bool:
    """Whether --llm names a recorded run that ended with the model's kernels: nothing is then measured again.

    Raises SetupError."""
    kind, _, rest = name.partition(":")
    return kind == "replay" and Replay.read(Path(rest)).decided


def open_model(
    name: str,
    budget: LlmBudget,
    transcript: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
    meter: Meter | None = None,
) -> tuple[Recorder, Meter]:
    """relay:DIR, replay:FILE, else a preset or model at an endpoint (empty: as configured). transcript: where each
    exchange is kept. tell hears what a person should do, progress how much of an answer has come. meter: that counts
    another relay of the same run. Raises SetupError."""
    kind, _, rest = name.partition(":")
    if kind == "relay" and rest:
        meter = meter or Meter(budget)
        return Recorder(_Counted(Relay(Path(rest), tell), meter), transcript), meter
    if kind == "replay" and rest:
        meter = Meter(budget)
        return Recorder(_Counted(Replay.read(Path(rest)), meter), transcript), meter
    endpoint = find_endpoint(name, environ)
    meter = Meter(budget, endpoint.price)
    return Recorder(Client(endpoint, meter, progress), transcript, endpoint.parameters), meter
