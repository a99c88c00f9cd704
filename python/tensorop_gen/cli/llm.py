"""The options of a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tensorop_gen.pipeline import LlmChoice

AuthorName = Annotated[str, typer.Option("--author", metavar="builtin|llm", help="who writes the kernels")]
Llm = Annotated[
    str, typer.Option("--llm", metavar="MODEL|relay:DIR|replay:FILE", help="the model (else as configured)")
]
LlmMost = Annotated[
    str, typer.Option("--llm-budget", metavar="10m,200kt,2usd", help="what the model may cost: time, tokens, dollars")
]

Rounds = Annotated[int, typer.Option("--llm-rounds", min=0, help="how often the model may make its kernel faster")]


def llm_choice(author: str, model: str, budget: str, rounds: int = 1) -> LlmChoice | None:
    """None for the builtin author alone; naming a model is asking for it. Raises RequestError."""
    from tensorop_gen.llm.budget import LlmBudget
    from tensorop_gen.pipeline import LlmChoice
    from tensorop_gen.request.model import RequestError

    if author not in ("", "builtin", "llm"):
        raise RequestError(f"--author {author} is not there: it is builtin or llm")
    if author == "builtin" and model:
        raise RequestError("--author builtin asks no model: leave out --llm")
    if author != "llm" and not model:
        return None
    try:
        return LlmChoice(model, LlmBudget.parse(budget) if budget else LlmBudget(), improvements=rounds)
    except ValueError as error:
        raise RequestError(str(error)) from None
