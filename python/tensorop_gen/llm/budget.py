"""What a run may spend on its model, and what it has spent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tensorop_gen.llm.endpoint import Price
from tensorop_gen.llm.model import BudgetSpent, Usage

_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>s|m|h|kt|t|usd)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_TOKENS = {"t": 1, "kt": 1000}


@dataclass(frozen=True, slots=True)
class LlmBudget:
    """None: no limit. seconds: of waiting for the model."""

    seconds: float | None = 1800.0
    tokens: int | None = 400_000
    dollars: float | None = None

    @classmethod
    def parse(cls, text: str) -> LlmBudget:
        """ "10m,200kt,2usd": seconds, minutes or hours, tokens or thousands of them, dollars. Raises ValueError."""
        found: dict[str, float] = {}
        for part in text.replace(" ", "").lower().split(","):
            match = _PART.fullmatch(part)
            if not match or float(match["number"]) <= 0:
                raise ValueError(f"a budget for the model is like 10m,200kt,2usd, not {text!r}")
            number, unit = float(match["number"]), match["unit"]
            if unit in _SECONDS:
                found["seconds"] = number * _SECONDS[unit]
            elif unit in _TOKENS:
                found["tokens"] = int(number * _TOKENS[unit])
            else:
                found["dollars"] = number
        return cls(**found)  # type: ignore[arg-type]  # tokens is an int


@dataclass
class Meter:
    """Counts what is spent. price: None where it is not known; then only tokens are counted."""

    budget: LlmBudget
    price: Price | None = None
    questions: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    answer_tokens: int = 0

    @property
    def dollars(self) -> float | None:
        if self.price is None:
            return None
        return (self.prompt_tokens * self.price.input + self.answer_tokens * self.price.output) / 1e6

    @property
    def seconds_left(self) -> float:
        return float("inf") if self.budget.seconds is None else max(self.budget.seconds - self.seconds, 0.0)

    @property
    def tokens_left(self) -> int | None:
        if self.budget.tokens is None:
            return None
        return max(self.budget.tokens - self.prompt_tokens - self.answer_tokens, 0)

    @property
    def left(self) -> LlmBudget:
        """What another user of the model may spend in the same run."""
        dollars = self.budget.dollars
        return LlmBudget(
            None if self.budget.seconds is None else self.seconds_left,
            self.tokens_left,
            None if dollars is None else max(dollars - (self.dollars or 0.0), 0.0),
        )

    def check(self) -> None:
        """Raises BudgetSpent."""
        spent = []
        if self.seconds_left <= 0:
            spent.append(f"{self.budget.seconds:g} s")
        if self.tokens_left == 0:
            spent.append(f"{self.budget.tokens} tokens")
        if self.budget.dollars is not None and (self.dollars or 0.0) >= self.budget.dollars:
            spent.append(f"{self.budget.dollars:g} dollars")
        if spent:
            raise BudgetSpent(f"the budget for the model is spent ({', '.join(spent)}): give more with --llm-budget")

    def count(self, usage: Usage, seconds: float) -> None:
        self.questions += 1
        self.seconds += seconds
        self.prompt_tokens += usage.prompt
        self.answer_tokens += usage.answer

    def __str__(self) -> str:
        """The line in the summary."""
        cost = f", {self.dollars:.4f} dollars at the prices of {self.price.date}" if self.price else ""
        tokens = f"{self.prompt_tokens} + {self.answer_tokens} tokens"
        return f"{self.questions} questions, {tokens}, {self.seconds:.1f} s of waiting{cost}"
