"""What is asked of a language model and what comes back."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

LONGEST = 200_000  # characters of an answer; what is longer is not read
CUT = "\n[cut: too long]"  # ends an answer that was not heard to its end
_MEASURED = re.compile(r"(?<=\[measured: )[^\]\n]*(?=\])")


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Frozen):
    role: Literal["system", "user", "assistant"]
    content: str


class Prompt(Frozen):
    """task: what it is for ("kernel-compute"). answer_schema: JSON schema of the answer, None for free text."""

    task: str
    messages: tuple[Message, ...]
    answer_schema: dict[str, Any] | None = None
    max_tokens: int = Field(default=16_000, ge=1)

    @property
    def digest(self) -> str:
        """SHA-256 of all that the model sees but measured figures, which differ from run to run."""
        seen = [[m.role, _MEASURED.sub("", m.content)] for m in self.messages], self.answer_schema
        return sha256(json.dumps(seen, sort_keys=True))

    def then(self, answer: str, reply: str) -> Prompt:
        """The conversation gone on with."""
        more = (Message(role="assistant", content=answer), Message(role="user", content=reply))
        return self.model_copy(update={"messages": self.messages + more})


class Usage(Frozen):
    """Tokens. Where a server does not count them, one for each four characters (estimated)."""

    prompt: int = 0
    answer: int = 0
    estimated: bool = False

    @property
    def total(self) -> int:
        return self.prompt + self.answer


class Answer(Frozen):
    """model: what the server says it is. seconds: from question to last token."""

    text: str
    model: str
    usage: Usage = Usage()
    seconds: float = 0.0


class LlmError(RuntimeError):
    """No answer to be had from the model; the message is one sentence that says what to do."""


class SetupError(LlmError):
    """No model, no key, a file that cannot be read: nothing was asked."""


class BudgetSpent(LlmError):  # noqa: N818  # a state, not a fault
    """The run's time, tokens or money for the model are used up."""


class UnusableAnswer(LlmError):  # noqa: N818  # the model's failure
    """The model answered, but never in the form that was asked for."""


class Model(Protocol):
    """Whoever answers prompts: an endpoint, a replayed transcript, people who carry prompts by hand."""

    @property
    def name(self) -> str: ...

    def answer(self, prompt: Prompt) -> Answer:
        """Raises LlmError."""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
