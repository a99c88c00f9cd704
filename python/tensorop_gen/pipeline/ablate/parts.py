"""With and without a model's authoring, with and without tuning, at an equal budget (Figure 3a of the paper)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import LlmAuthor
from tensorop_gen.llm.model import SetupError
from tensorop_gen.llm.open import open_model
from tensorop_gen.pipeline.ablate.model import Ablation, Figure, about
from tensorop_gen.pipeline.ablate.search import searched
from tensorop_gen.pipeline.authoring import frozen
from tensorop_gen.pipeline.trial import PROBLEMS
from tensorop_gen.tune.history import HistoryPolicy

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.author.model import Author
    from tensorop_gen.pipeline.ablate.bench import Bench, Speed
    from tensorop_gen.pipeline.model import LlmChoice, Reporter


def authors(bench: Bench, llm: LlmChoice | None, file: Path, say: Reporter) -> dict[str, Author]:
    """The builtin author; with a model also its kernel by our prompt, and by a plain one. Raises SetupError."""
    found: dict[str, Author] = {"builtin": BuiltinAuthor()}
    if llm:
        recorder, _ = open_model(llm.model, llm.budget, file, say.note)
        found |= {
            "model, our prompt": LlmAuthor(recorder, bench.forge, tell=say.note),
            "model, vanilla prompt": LlmAuthor(recorder, bench.forge, style="vanilla"),
        }
    return found


def parts(bench: Bench, who: dict[str, Author], repairs: int, trials: int, say: Reporter) -> Ablation:
    """trials: of each search, by the history policy. Raises SetupError; an author that has nothing is a row."""
    rows, bars = list[tuple[str, ...]](), dict[str, float]()
    for name, author in who.items():
        found, fault = _with_and_without(bench, author, repairs, trials, say)
        for tuning, speed in found.items():
            rows.append((name, tuning, f"{speed.value:.2f}", f"{speed.worst:.2g}", ""))
            bars[f"{name}, {tuning}"] = speed.value
        if fault:
            rows.append((name, "-", "-", "-", fault))
    return Ablation(
        title="Authoring and tuning",
        **about(bench.place, bench.kind),
        head=("kernels", "tuning", bench.unit, "worst r", "why not"),
        rows=tuple(rows),
        figure=Figure(axis=bench.unit, bars=bars),
        notes=(f"{bench.note} {trials} trials each.",),
    )


def _with_and_without(
    bench: Bench, author: Author, repairs: int, trials: int, say: Reporter
) -> tuple[dict[str, Speed], str]:
    """Speeds by tuning, and why there are no more."""
    found: dict[str, Speed] = {}
    try:
        shop = bench.shop(author)
        first = shop.prove(author.write(bench.request, bench.factors), attempts=repairs + 1)
        found["no tuning"] = bench.speed(first)
        if isinstance(author, LlmAuthor):
            shop = bench.shop(frozen(author, author.accepted(), first.candidate))
        tuned = searched(bench, shop, first, HistoryPolicy, 0, trials, say)
        found[f"{trials} trials"] = bench.speed(tuned.winner)
    except SetupError:
        raise
    except PROBLEMS as error:
        return found, str(error).splitlines()[0][:200]
    return found, ""
