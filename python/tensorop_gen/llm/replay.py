"""Answers from a transcript: no key, no network, nothing that was not said before."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

from tensorop_gen.llm.model import Answer, LlmError, Prompt
from tensorop_gen.llm.transcript import Exchange, read_transcript


class ReplayMiss(LlmError):  # noqa: N818  # a state
    """The transcript has no answer to a prompt."""


class Replay:
    """A prompt that was asked several times gets its answers in their order; one whose last answer was accepted gets
    that, each time."""

    def __init__(self, exchanges: Iterable[Exchange], source: str = "transcript") -> None:
        self._all = tuple(exchanges)
        self._source = source
        self._accepted = {e.prompt_hash: e.answer for e in self._all if e.accepted}
        self._answers: dict[str, deque[Answer]] = {}
        for exchange in self._all:
            self._answers.setdefault(exchange.prompt_hash, deque()).append(exchange.answer)

    @classmethod
    def read(cls, path: Path) -> Replay:
        """Raises SetupError."""
        return cls(read_transcript(path), str(path))

    @property
    def name(self) -> str:
        return self._all[0].answer.model if self._all else "replay"

    @property
    def decided(self) -> bool:
        """Whether the recorded run ended with the model's kernels."""
        return bool(self._accepted)

    def answer(self, prompt: Prompt) -> Answer:
        if prompt.digest in self._accepted:
            return self._accepted[prompt.digest]
        answers = self._answers.get(prompt.digest)
        if not answers:
            raise ReplayMiss(self._miss(prompt))
        return answers.popleft()

    def _miss(self, prompt: Prompt) -> str:
        head = f"{self._source} has no answer to the prompt {prompt.task} {prompt.digest[:12]}"
        if prompt.digest in self._answers:
            return f"{head}: all {len([e for e in self._all if e.prompt_hash == prompt.digest])} are used up"
        same = [e.prompt for e in self._all if e.prompt.task == prompt.task]
        if not same:
            tasks = sorted({e.prompt.task for e in self._all})
            return f"{head}; it has {', '.join(tasks) or 'nothing'}"
        return f"{head}; {_difference(same, prompt)}. Record it anew, or replay it with the version that recorded it"


def _difference(known: Sequence[Prompt], prompt: Prompt) -> str:
    """The first line that is not as it was in the most similar prompt."""
    lines = _lines(prompt)
    nearest = max(known, key=lambda p: difflib.SequenceMatcher(None, _lines(p), lines).quick_ratio())
    for number, (was, now) in enumerate(zip(_lines(nearest), lines, strict=False), 1):
        if was != now:
            return f"line {number} was {was[:80]!r} and is {now[:80]!r}"
    return f"it had {len(_lines(nearest))} lines and has {len(lines)}"


def _lines(prompt: Prompt) -> list[str]:
    return [line for message in prompt.messages for line in message.content.splitlines()]
