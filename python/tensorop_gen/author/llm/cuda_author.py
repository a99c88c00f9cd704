"""The author that asks a language model for a GPU's kernel, as a .cu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.author.llm.ask import reply_text
from tensorop_gen.author.llm.author import ROUNDS, harmless
from tensorop_gen.author.llm.cuda_ask import cuda_prompt
from tensorop_gen.author.llm.cuda_text import given
from tensorop_gen.llm.ask import Conversation, as_code
from tensorop_gen.llm.model import sha256

if TYPE_CHECKING:
    from tensorop_gen.author.model import Feedback
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.llm.transcript import Recorder
    from tensorop_gen.operators.gemm.cuda.given import Given
    from tensorop_gen.operators.gemm.cuda.variant import Operands

_LANGUAGES = ("cuda", "cu", "cpp", "c++")


class CudaAuthor:
    """Writes one kernel, and mends it."""

    def __init__(self, model: Recorder, gpu: GpuFactors, operands: Operands) -> None:
        self.conversation = Conversation(model, cuda_prompt(gpu, operands))
        self.operands = operands

    def write(self, feedback: Feedback | None = None) -> Given:
        """feedback: why the last one was turned down. Raises LlmError where the model has nothing that can be used."""
        if feedback:
            self.conversation.reply = reply_text(feedback)
        kernel = self.conversation.ask(self._read, ROUNDS)
        mark = sha256(self.conversation.prompt.digest + self.conversation.said)[:16]
        return kernel.by(f"llm ({harmless(self.conversation.model.name)}, answer {mark})")

    def _read(self, answer: str) -> Given:
        _, text = as_code(_LANGUAGES)(answer)
        return given(text, self.operands)
