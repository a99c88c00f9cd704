"""tensorop-gen ablate: the experiments of the paper's section 4.3, each a table, a plot and JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, On, Quiet, Sentence, Shapes, app, reporter
from tensorop_gen.cli.llm import LlmMost, named_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.pipeline.ablate.model import Ablation
    from tensorop_gen.request.model import Request

commands = typer.Typer(help="Prompts, parts, search policies and cost held against each other.", no_args_is_help=True)
app.add_typer(commands, name="ablate")

JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="keep the figures")]
Markdown = Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help="keep the table")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE.html", help="draw it")]
Models = Annotated[
    list[str] | None, typer.Option("--llm", metavar="MODEL|relay:DIR|replay:FILE", help="a model; may be repeated")
]
Model = Annotated[str, typer.Option("--llm", metavar="MODEL|relay:DIR|replay:FILE", help="a model to ask as well")]
Trials = Annotated[int, typer.Option("--trials", min=1, help="of each search")]


@commands.command()
def models(
    sentence: Sentence = None,
    llm: Models = None,
    answers: Annotated[int, typer.Option("--answers", min=1, help="kernels asked for with each prompt")] = 1,
    llm_budget: LlmMost = "",
    shapes: Shapes = None,
    on: On = "",
    cache: CacheDir = None,
    json: JsonFile = None,
    markdown: Markdown = None,
    plot: Plot = None,
    quiet: Quiet = False,
) -> None:
    """Vanilla, chain of thought and ours for each model: the share that is wrong, the speed of what is right."""
    from tensorop_gen.pipeline.ablate.bench import open_bench
    from tensorop_gen.pipeline.ablate.models import models as compare
    from tensorop_gen.request.model import RequestError

    if not llm:
        raise RequestError("which models? Name them: --llm gpt-4o --llm relay:DIR")
    say, choices = reporter(quiet), [named_model(name, llm_budget) for name in llm]
    with open_bench(_request(sentence, shapes), on, say) as bench:
        _show(compare(bench, choices, answers, _transcripts(cache), say), json, markdown, plot)


@commands.command()
def parts(
    sentence: Sentence = None,
    llm: Model = "",
    trials: Trials = 40,
    llm_budget: LlmMost = "",
    shapes: Shapes = None,
    on: On = "",
    cache: CacheDir = None,
    json: JsonFile = None,
    markdown: Markdown = None,
    plot: Plot = None,
    quiet: Quiet = False,
) -> None:
    """With and without a model's kernels, with and without tuning, at an equal budget."""
    from tensorop_gen.pipeline.ablate.bench import open_bench
    from tensorop_gen.pipeline.ablate.parts import authors
    from tensorop_gen.pipeline.ablate.parts import parts as compare

    say, choice = reporter(quiet), named_model(llm, llm_budget)
    with open_bench(_request(sentence, shapes), on, say) as bench:
        who = authors(bench, choice if llm else None, _transcripts(cache) / "parts.jsonl", say)
        _show(compare(bench, who, choice.repairs, trials, say), json, markdown, plot)


@commands.command()
def search(
    sentence: Sentence = None,
    llm: Model = "",
    trials: Trials = 60,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="searches of each policy")] = 1,
    llm_budget: LlmMost = "",
    shapes: Shapes = None,
    on: On = "",
    cache: CacheDir = None,
    json: JsonFile = None,
    markdown: Markdown = None,
    plot: Plot = None,
    quiet: Quiet = False,
) -> None:
    """The policies history, fixed, random and, with a model, llm, from one start with equal trials."""
    from tensorop_gen.author.builtin import BuiltinAuthor
    from tensorop_gen.pipeline.ablate.bench import open_bench
    from tensorop_gen.pipeline.ablate.policies import makers
    from tensorop_gen.pipeline.ablate.search import policies

    say = reporter(quiet)
    with open_bench(_request(sentence, shapes), on, say) as bench:
        choice = named_model(llm, llm_budget) if llm else None
        makes = makers(bench.factors, choice, _transcripts(cache) / "search.jsonl", say)
        author = BuiltinAuthor()
        shop = bench.shop(author)
        first = shop.prove(author.write(bench.request, bench.factors))
        _show(policies(bench, shop, first, makes, seeds, trials, say), json, markdown, plot)


@commands.command()
def cost(
    transcripts: Annotated[list[Path], typer.Argument(metavar="FILE ...", help="transcripts, as runs keep them")],
    price: Annotated[
        list[str] | None,
        typer.Option("--price", metavar="MODEL=IN,OUT", help="dollars for a million tokens; may be repeated"),
    ] = None,
    json: JsonFile = None,
    markdown: Markdown = None,
    plot: Plot = None,
) -> None:
    """Minutes, tokens and money that runs took, from their transcripts."""
    from tensorop_gen.pipeline.ablate.cost import cost as count
    from tensorop_gen.pipeline.ablate.cost import price_of

    _show(count(transcripts, dict(map(price_of, price or ()))), json, markdown, plot)


def _request(sentence: Sequence[str] | None, shapes: str | None) -> Request:
    from dataclasses import replace

    from tensorop_gen.request.parse import parse
    from tensorop_gen.request.shapes import parse_shapes

    request = parse(" ".join(sentence or ("sgemm for this machine",)))
    return replace(request, shapes=request.shapes + parse_shapes(shapes)) if shapes else request


def _transcripts(cache: Path | None) -> Path:
    """A folder of this run."""
    from datetime import datetime, timezone

    from tensorop_gen.cache.store import Store

    return Store(cache).root / "transcripts" / f"ablate-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"


def _show(found: Ablation, json: Path | None, markdown: Path | None, plot: Path | None) -> None:
    from tensorop_gen.pipeline.ablate.show import markdown as as_markdown
    from tensorop_gen.pipeline.ablate.show import save_figure

    text = as_markdown(found)
    typer.echo(text, nl=False)
    if json:
        json.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if markdown:
        markdown.write_text(text, encoding="utf-8")
    if plot:
        save_figure(found, plot)
