"""An answer in the form that was asked for: read, checked, and asked again a bounded number of times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tensorop_gen.llm.model import Model, Prompt, UnusableAnswer

ATTEMPTS = 3
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_FENCE = re.compile(r"^```[ \t]*(?P<language>[\w+#.-]*)[^\n]*\n(?P<body>.*?)^```[ \t]*$", re.M | re.S)


def ask(model: Model, prompt: Prompt, read: Callable[[str], T], attempts: int = ATTEMPTS) -> T:
    """What `read` makes of the answer; its ValueError goes back to the model. Raises UnusableAnswer, LlmError."""
    for _ in range(attempts - 1):
        answer = model.answer(prompt).text
        try:
            return read(answer)
        except ValueError as error:
            prompt = prompt.then(
                answer, f"That answer cannot be used: {error}\nAnswer again, in full, in the form asked for."
            )
    try:
        return read(model.answer(prompt).text)
    except ValueError as error:
        raise UnusableAnswer(f"{model.name} gave no usable answer in {attempts} attempts: {error}") from None


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
