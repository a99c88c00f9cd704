"""A model that was asked before in the same run: what it said then is not asked again."""

from __future__ import annotations

from dataclasses import dataclass, field

from tensorop_gen.llm.model import Answer, Model, Prompt
from tensorop_gen.llm.replay import Replay, ReplayMiss


@dataclass
class Resumed:
    """Answers from the earlier part's transcript as long as its prompts come again, from the model afterwards."""

    earlier: Replay
    model: Model
    _over: bool = field(default=False)

    @property
    def name(self) -> str:
        return self.model.name

    def answer(self, prompt: Prompt) -> Answer:
        if not self._over:
            try:
                return self.earlier.answer(prompt)
            except ReplayMiss:
                self._over = True
        return self.model.answer(prompt)
