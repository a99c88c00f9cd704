"""An answer in the form that was asked for: read, checked, and asked again a bounded number of times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tensorop_gen.llm.model import CUT, Model, Prompt, UnusableAnswer

ATTEMPTS = 3
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_FENCE = re.compile(r"^```[ \t]*(?P<language>[\w+#.-]*)[^\n]*\n(?P<body>.*?)^```[ \t]*$", re.M | re.S)


@dataclass
class Conversation:
    """A prompt with its last answer; what was wrong before that is not said again, so that prompts stay short."""

    model: Model
    prompt: Prompt
    reply: str = ""  # to the last answer
    said: str = ""  # the last answer

    def ask(self, read: Callable[[str], T], attempts: int = ATTEMPTS) -> T:
        """What `read` makes of the answer; its ValueError goes back to the model. No question is asked twice, as
        it would be where an answer comes again. Raises UnusableAnswer, LlmError."""
        fault, asked = "", list[Prompt]()
        while len(asked) < attempts and (prompt := self._next()) not in asked:
            asked.append(prompt)
            self.said = self.model.answer(prompt).text
            try:
                return read(self.said)
            except ValueError as error:
                fault = f"it was cut, be brief; {error}" if self.said.endswith(CUT) else str(error)
                self.reply = f"That answer cannot be used: {fault}\nAnswer again, in full, in the form asked for."
        raise UnusableAnswer(f"{self.model.name} gave no usable answer in {len(asked)} attempts: {fault}")

    def _next(self) -> Prompt:
        return self.prompt.then(self.said, self.reply) if self.reply else self.prompt


def ask(model: Model, prompt: Prompt, read: Callable[[str], T], attempts: int = ATTEMPTS) -> T:
    """One question without anything to follow."""
    return Conversation(model, prompt).ask(read, attempts)


def as_json(kind: type[M]) -> Callable[[str], M]:
    """Reads an answer that is one JSON object, in a fence or with words round it."""

    def read(text: str) -> M:
        fenced = _FENCE.search(text)
        body = fenced["body"] if fenced else text
        start = body.find("{")
        if start < 0:
            raise ValueError("there is no JSON object in it")
        try:
            value, _ = json.JSONDecoder().raw_decode(body[start:])
            return kind.model_validate(value)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"it is not JSON ({error})") from None
        except ValidationError as error:
            raise ValueError("; ".join(f"{_where(e['loc'])}: {e['msg']}" for e in error.errors()[:5])) from None

    return read


def as_code(languages: tuple[str, ...]) -> Callable[[str], tuple[str, str]]:
    """Reads (language, code) of an answer with exactly one fenced block in one of the languages."""

    def read(text: str) -> tuple[str, str]:
        blocks = [
            (m["language"].lower(), m["body"]) for m in _FENCE.finditer(text) if m["language"].lower() in languages
        ]
        if len(blocks) != 1:
            fences = " or ".join(f"```{language}" for language in languages)
            raise ValueError(f"it has {len(blocks)} code blocks where exactly one is wanted, fenced as {fences}")
        return blocks[0]

    return read


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the object"
