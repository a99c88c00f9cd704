"""Every exchange with a model, kept as it happens: one JSON object a line."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from tensorop_gen.llm.model import Answer, Frozen, Model, Prompt, SetupError, sha256

SCHEMA: Literal[1] = 1


class Exchange(Frozen):
    """One question with its answer. prompt_hash, answer_hash: SHA-256, so that a changed line shows. accepted: not
    asked so, but what came of it in the end: a first question with the last answer."""

    schema_version: Literal[1] = SCHEMA
    prompt: Prompt
    answer: Answer
    parameters: dict[str, Any] = Field(default_factory=dict)
    prompt_hash: str
    answer_hash: str
    date: str
    accepted: bool = False

    @classmethod
    def of(cls, prompt: Prompt, answer: Answer, parameters: dict[str, Any], accepted: bool = False) -> Exchange:
        date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        return cls(
            prompt=prompt,
            answer=answer,
            parameters=parameters,
            prompt_hash=prompt.digest,
            answer_hash=sha256(answer.text),
            date=date,
            accepted=accepted,
        )

    @property
    def whole(self) -> bool:
        return self.prompt_hash == self.prompt.digest and self.answer_hash == sha256(self.answer.text)


def digest(exchanges: Iterable[Exchange]) -> str:
    """Names a transcript: what was asked and answered, not when or how fast."""
    return sha256("\n".join(f"{e.prompt_hash} {e.answer_hash}" for e in exchanges))


def read_transcript(path: Path) -> tuple[Exchange, ...]:
    """Raises SetupError that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"the transcript {path} cannot be read: {error}") from None
    return exchanges_in(text, str(path))


def cut_torn(path: Path) -> None:
    """Takes away a last line without its end, so that what is appended begins a line."""
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def exchanges_in(text: str, path: str) -> tuple[Exchange, ...]:
    """path: what errors name. A last line without its end is what a killed run was writing, and is left out."""
    exchanges, lines = [], text.splitlines()
    for number, line in enumerate(lines, 1):
        try:
            exchange = Exchange.model_validate_json(line)
        except ValidationError as error:
            if number == len(lines) and not text.endswith("\n"):
                break
            raise SetupError(f"{path}:{number} is no exchange of a transcript: {error.errors()[0]['msg']}") from None
        if not exchange.whole:
            raise SetupError(f"{path}:{number} was changed: its hashes do not fit it")
        exchanges.append(exchange)
    return tuple(exchanges)


def written(exchanges: Iterable[Exchange]) -> str:
    """As a file holds them."""
    return "".join(f"{e.model_dump_json()}\n" for e in exchanges)


@dataclass
class Recorder:
    """A model whose exchanges are kept. file: appended to after each answer, so that a killed run loses none."""

    model: Model
    file: Path | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What answered last, which is more exact than what was asked for."""
        return self.exchanges[-1].answer.model if self.exchanges else self.model.name

    @property
    def digest(self) -> str:
        return digest(self.exchanges)

    def answer(self, prompt: Prompt) -> Answer:
        answer = self.model.answer(prompt)
        exchange = Exchange.of(prompt, answer, self.parameters)
        self.exchanges.append(exchange)
        self.keep([exchange])
        return answer

    def keep(self, exchanges: Iterable[Exchange]) -> None:
        """Appends to the file, if there is one."""
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as out:
                out.write(written(exchanges))
                out.flush()
                os.fsync(out.fileno())

    def text(self) -> str:
        return written(self.exchanges)
