"""A model that says what a test gives it. Its answers are written for the tests; no language model made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tensorop_gen.llm.model import Answer, Prompt

# Kernel scripts for COMPUTE that are right, by instruction set (rvv: text for both dialects).
ANSWERS = {
    isa: (Path(__file__).parent / "answers" / f"compute_{isa}.md").read_text() for isa in ("neon", "rv64", "rvv")
}
# COMPUTE for AVX2, 16 x 6: a kernel script that is right.
RIGHT = (Path(__file__).parent / "answers" / "compute_avx2.md").read_text()
# Parameters of a sketch for it, as an answer.
SKETCH = '{"vectors": 2, "nr": 6, "unroll": 4, "kc": 256, "mc": 96, "nc": 3000, "why": "a panel of B fits L1"}'


@dataclass
class Scripted:
    """texts: its answers in order, the last one for ever. asked: the prompts."""

    texts: list[str]
    asked: list[Prompt] = field(default_factory=list)

    name = "written for the test"

    def answer(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return Answer(text=self.texts[min(len(self.asked), len(self.texts)) - 1], model=self.name)


def changed(old: str, new: str) -> str:
    """The right answer with a fault in it."""
    assert old in RIGHT
    return RIGHT.replace(old, new)
