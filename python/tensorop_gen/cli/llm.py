"""The options of a language model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
ManualFile = Annotated[
    Path | None, typer.Option("--manual", metavar="FILE", help="PDF or text of an unknown chip (else its digest)")
]


def llm_roles(
    author: str,
    model: str,
    budget: str,
    rounds: int = 1,
    policy: str = "",
    manual: Path | None = None,
    target: str = "host",
) -> dict[str, Any]:
    """What the model is for, as options of a run: llm (it writes kernels too), steer, manual (it reads one, or the
    digest of a target that nothing else describes). Naming a model is asking for its kernels, unless the author is
    builtin. Raises RequestError."""
    from tensorop_gen.pipeline import Manual, has_only_digest
    from tensorop_gen.request.model import RequestError

    if author not in ("", "builtin", "llm"):
        raise RequestError(f"--author {author} is not there: it is builtin or llm")
    if policy == "llm" and not model:
        raise RequestError(
            "--policy llm asks a model: name one with --llm MODEL, relay:DIR or replay:FILE, "
            "or leave the search to --policy history"
        )
    reads = manual is not None or (bool(model) and has_only_digest(target))
    if author == "builtin" and model and policy != "llm" and not reads:
        raise RequestError("the builtin author asks no model: leave out --llm, or let it steer with --policy llm")
    choice = named_model(model, budget, rounds)
    writes = author == "llm" or (model and author != "builtin")
    return {
        "llm": choice if writes else None,
        "steer": choice if policy == "llm" else None,
        "manual": Manual(manual, choice) if reads else None,
    }


def named_model(model: str, budget: str, rounds: int = 1) -> LlmChoice:
    """model: empty for the one that is configured. Raises RequestError."""
    from tensorop_gen.llm.budget import LlmBudget
    from tensorop_gen.pipeline import LlmChoice
    from tensorop_gen.request.model import RequestError

    try:
        return LlmChoice(model, LlmBudget.parse(budget) if budget else LlmBudget(), improvements=rounds)
    except ValueError as error:
        raise RequestError(str(error)) from None
