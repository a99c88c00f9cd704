"""Prompts as files that people carry to a model, and the answers that they bring back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.llm.model import LONGEST, Answer, LlmError, Prompt, Usage

POLL = 0.5  # seconds
_MODEL_LINE = re.compile(r"\Amodel:[ \t]*(?P<name>[^\n]{1,80})\n")


class RelayStopped(KeyboardInterrupt):
    """Stopped while waiting; the same command goes on from there."""


@dataclass
class Relay:
    """For each prompt FILE.prompt.md, an answer is taken from FILE.answer.md beside it as soon as it is there: also
    from an earlier run, so that it may be stopped and resumed at any time.

    An answer whose first line is `model: NAME` says who gave it."""

    folder: Path
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep

    name = "relay"

    def answer(self, prompt: Prompt) -> Answer:
        question, reply = self._files(prompt)
        begun = time.monotonic()
        try:
            if not question.exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                question.write_text(_text(prompt, reply.name), encoding="utf-8")
            if not reply.exists():
                self.tell(f"waiting for {reply}: the answer to {question.name}")
            text = self._wait(reply)
        except OSError as error:
            raise LlmError(f"the folder {self.folder} cannot be used: {error.strerror}") from None
        except KeyboardInterrupt:
            raise RelayStopped(
                f"put the answer to {question} into {reply.name} beside it; the same command goes on"
            ) from None
        match = _MODEL_LINE.match(text)
        body = text[match.end() :] if match else text
        return Answer(
            text=body,
            model=match["name"].strip() if match else self.name,
            usage=Usage(
                prompt=sum(len(m.content) for m in prompt.messages) // 4, answer=len(body) // 4, estimated=True
            ),
            seconds=round(time.monotonic() - begun, 3),
        )

    def _files(self, prompt: Prompt) -> tuple[Path, Path]:
        """A number to read them in order, the prompt's hash to know it again."""
        mark = f"{prompt.task}-{prompt.digest[:12]}"
        known = sorted(self.folder.glob(f"*-{mark}.prompt.md"))
        number = len(list(self.folder.glob("*.prompt.md"))) + 1
        question = known[0] if known else self.folder / f"{number:03d}-{mark}.prompt.md"
        return question, question.with_name(question.name.replace(".prompt.md", ".answer.md"))

    def _wait(self, reply: Path) -> str:
        """The file's text, when it has stopped growing."""
        size = -1
        while True:
            now = reply.stat().st_size if reply.exists() else 0
            if now and now == size:
                if now > 4 * LONGEST:
                    raise LlmError(f"{reply} is too long for an answer ({now} bytes): remove it")
                return reply.read_text(encoding="utf-8", errors="replace")
            size = now
            self.sleep(POLL)


def _text(prompt: Prompt, reply: str) -> str:
    head = f"<!-- Put the model's answer, as it is, into {reply}; its first line may be `model: NAME`. -->\n"
    return head + "".join(f"\n<!-- {m.role} -->\n\n{m.content}\n" for m in prompt.messages)
