"""A model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tensorop_gen.llm.budget import Meter
from tensorop_gen.llm.endpoint import KEY_VARIABLE, URL_VARIABLE, Endpoint
from tensorop_gen.llm.model import CUT, LONGEST, Answer, LlmError, Prompt, SetupError, UnusableAnswer, Usage

if TYPE_CHECKING:
    import openai

TRIES = 4  # of one question
SILENCE = 120.0  # seconds without a byte after which a server is given up
_PAUSES = (1.0, 4.0, 15.0)  # seconds between tries, if the server does not say how long
_LONGEST_PAUSE = 120.0


class _Again(Exception):  # noqa: N818  # not an error yet
    """This try failed, the next may not. pause: what the server asked for."""

    def __init__(self, why: str, pause: float | None = None) -> None:
        self.pause = pause
        super().__init__(why)


@dataclass
class Client:
    """Asks one endpoint. progress(characters) hears of the answer while it comes."""

    endpoint: Endpoint
    meter: Meter
    progress: Callable[[int], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    left_out: set[str] = field(default_factory=set)  # fields that the server turned down

    @property
    def name(self) -> str:
        return self.endpoint.model

    def answer(self, prompt: Prompt) -> Answer:
        """Asks until there is an answer, the tries are used up or the budget is spent. Raises LlmError, never with the
        key in its text."""
        client = _openai_client(self.endpoint)
        why = ""
        for number in range(TRIES):
            self.meter.check()
            begun, heard = time.monotonic(), list[str]()
            try:
                return self._once(client, prompt, begun, heard)
            except _Again as again:
                why = str(again)
                usage = _estimated(prompt, "".join(heard)) if heard else Usage()
                self.meter.count(usage, time.monotonic() - begun)
                if number + 1 < TRIES:
                    self._pause(number, again.pause)
        raise LlmError(f"{self.endpoint.host} gave no answer in {TRIES} tries; the last: {why}")

    def _pause(self, number: int, asked: float | None) -> None:
        seconds = asked if asked is not None else _PAUSES[number] * random.uniform(0.8, 1.2)
        seconds = min(seconds, _LONGEST_PAUSE, self.meter.seconds_left)
        self.sleep(seconds)
        self.meter.seconds += seconds

    def _once(self, client: openai.OpenAI, prompt: Prompt, begun: float, heard: list[str]) -> Answer:
        """heard: gets the pieces of the answer, also of one that breaks off."""
        import openai

        try:
            return self._streamed(client, prompt, begun, heard)
        except (LlmError, _Again):
            raise
        except openai.BadRequestError as error:
            if name := self._unwanted(prompt, str(error.message)):
                self.left_out.add(name)
                raise _Again(f"the server takes no {name}", 0.0) from None
            raise self._refused(error) from None
        except openai.APIStatusError as error:
            if error.status_code in (408, 409, 425, 429) or error.status_code >= 500:
                raise _Again(self._said(error), _retry_after(error)) from None
            raise self._refused(error) from None
        except Exception as error:  # a cut stream, a connection refused, bytes that are no JSON: of several libraries
            raise _Again(f"{type(error).__name__}: {self.endpoint.redact(str(error))[:200]}") from None

    def _streamed(self, client: openai.OpenAI, prompt: Prompt, begun: float, heard: list[str]) -> Answer:
        size, usage, model, ended = 0, None, self.name, ""
        for chunk in self._chunks(client, prompt):
            if time.monotonic() - begun > self.meter.seconds_left:
                self.meter.count(_estimated(prompt, "".join(heard)), time.monotonic() - begun)
                self.meter.check()
            model = chunk.model or model
            usage = (
                Usage(prompt=chunk.usage.prompt_tokens, answer=chunk.usage.completion_tokens) if chunk.usage else usage
            )
            for choice in chunk.choices[:1]:
                ended = choice.finish_reason or ended
                piece = choice.delta.content or ""
                heard.append(piece)
                size += len(piece)
                self.progress(size)
            if size > LONGEST:
                ended = "length"
                break
        answer = self.endpoint.redact("".join(heard))
        if not ended:
            raise _Again("the answer broke off" if answer else "what came is no stream of an answer")
        seconds = time.monotonic() - begun
        self.meter.count(usage or _estimated(prompt, answer), seconds)
        if ended == "content_filter" or not answer.strip():
            raise UnusableAnswer(f"{self.name} refused to answer ({ended}): try another model")
        if ended == "length":
            answer = answer[:LONGEST] + CUT
        return Answer(text=answer, model=model, usage=usage or _estimated(prompt, answer), seconds=round(seconds, 3))

    def _chunks(self, client: openai.OpenAI, prompt: Prompt) -> Iterator[Any]:
        question = self._question(prompt)
        with client.chat.completions.create(**question, timeout=min(SILENCE, self.meter.seconds_left)) as stream:
            yield from stream

    def _question(self, prompt: Prompt) -> dict[str, Any]:
        """The request, without what the server was seen to turn down."""
        question: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": [m.model_dump() for m in prompt.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if prompt.answer_schema:
            schema = {"name": "answer", "schema": prompt.answer_schema, "strict": True}
            question["response_format"] = {"type": "json_schema", "json_schema": schema}
        question |= self.endpoint.parameters
        question["max_tokens"] = min(
            filter(None, (prompt.max_tokens, question.get("max_tokens"), self.meter.tokens_left))
        )
        if "max_tokens" in self.left_out:  # its other name
            question["max_completion_tokens"] = question["max_tokens"]
        return {name: value for name, value in question.items() if name not in self.left_out}

    def _unwanted(self, prompt: Prompt, message: str) -> str:
        """The field that a server complains of, if it can do without; a schema stands in the prompt as well."""
        optional = self._question(prompt).keys() - {"model", "messages", "stream"}
        named = sorted((name for name in optional if name in message), key=message.index)
        return named[0] if named else "response_format" if "response_format" in optional else ""

    def _said(self, error: openai.APIStatusError) -> str:
        """A server's words, without the key that some of them repeat."""
        words = self.endpoint.redact(" ".join(str(error.message).split()))
        return f"HTTP {error.status_code}: {words[:200]}"

    def _refused(self, error: openai.APIStatusError) -> LlmError:
        host, said = self.endpoint.host, self._said(error)
        if error.status_code in (401, 403):
            return SetupError(f"{host} does not accept the key (HTTP {error.status_code}): set {KEY_VARIABLE}")
        if error.status_code == 404:
            return SetupError(f"{host} has no model {self.name}, or {URL_VARIABLE} is not its address ({said})")
        return LlmError(f"{host} turned the question down: {said}")


def _openai_client(endpoint: Endpoint) -> openai.OpenAI:
    try:
        import openai
    except ImportError:
        raise SetupError("the openai package is missing: pip install 'tensorop-gen[llm]'") from None
    return openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key.get_secret_value(), max_retries=0)


def _retry_after(error: openai.APIStatusError) -> float | None:
    try:
        return max(float(error.response.headers["retry-after"]), 0.0)
    except (KeyError, ValueError):
        return None


def _estimated(prompt: Prompt, answer: str) -> Usage:
    asked = sum(len(m.content) for m in prompt.messages)
    return Usage(prompt=asked // 4, answer=len(answer) // 4, estimated=True)
