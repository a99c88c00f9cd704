"""The main job, and its two halves: tuning alone, and the sources alone (a step of a CMake build)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tensorop_gen.cli.app import CacheDir, Json, On, Quiet, Sentence, Shapes, app, reporter
from tensorop_gen.cli.llm import AuthorName, Llm, LlmMost, ManualFile, Rounds, llm_roles

if TYPE_CHECKING:
    from tensorop_gen.pipeline import Options, Outcome
    from tensorop_gen.request.model import Request

DEFAULT_SECONDS = "60"
Tune = Annotated[
    str | None,
    typer.Option(
        "--tune",
        metavar="SECONDS|TRIALSt|off",
        help="how long to look for something faster; given, also for a machine that is not here, on modelled speeds",
        show_default=DEFAULT_SECONDS,
    ),
]
Policy = Annotated[
    str, typer.Option("--policy", metavar="history|llm|fixed|random", help="how the search chooses what to try")
]
Seed = Annotated[int, typer.Option("--seed", help="of the search: same seed and results, same choices")]
Fix = Annotated[
    str, typer.Option("--fix", metavar="NAME=VALUE[,...]", help="parameters that keep this value: kc=256,unroll=4")
]
Classes = Annotated[
    str, typer.Option("--class", metavar="NAMES", help="only what matters for these shapes: tiny,mid,large,skinny")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="the folder to write (else ./tensorop-<cpu>)")]
Emit = Annotated[str, typer.Option("--emit", metavar="library|sources|amalgamation", help="what to write")]


@app.command()
def generate(
    sentence: Sentence = None,
    out: Out = None,
    tune: Tune = None,
    emit: Emit = "library",
    shapes: Shapes = None,
    on: On = "",
    policy: Policy = "history",
    seed: Seed = 0,
    fix: Fix = "",
    classes: Classes = "",
    author: AuthorName = "",
    llm: Llm = "",
    llm_budget: LlmMost = "",
    llm_rounds: Rounds = 1,
    manual: ManualFile = None,
    cache: CacheDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Makes a library from one sentence (the default command)."""
    from tensorop_gen import pipeline

    request = _request(sentence, shapes)
    roles = llm_roles(author, llm, llm_budget, llm_rounds, policy, manual, request.target)
    options = replace(_options(out, tune, emit, cache, on), **roles, **_search(request, policy, seed, fix, classes))
    if gpu := pipeline.gpu_of(request):
        made = pipeline.generate_for_gpu(request, gpu, options, reporter(quiet or json))
        typer.echo(made.model_dump_json(indent=1) if json else str(made))
        return
    _print(pipeline.generate(request, options, reporter(quiet or json)), json)


@app.command("tune")
def tune_(
    sentence: Sentence = None,
    seconds: Annotated[str, typer.Option("--seconds", help="how long to look")] = DEFAULT_SECONDS,
    shapes: Shapes = None,
    on: On = "",
    policy: Policy = "history",
    seed: Seed = 0,
    fix: Fix = "",
    classes: Classes = "",
    llm: Llm = "",
    llm_budget: LlmMost = "",
    cache: CacheDir = None,
    ship: Annotated[bool, typer.Option("--ship", help="write the record into the project as well")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Looks for faster parameters and keeps them; later runs start from there."""
    from tensorop_gen import pipeline

    request = _request(sentence, shapes)
    roles, search = llm_roles("builtin", llm, llm_budget, policy=policy), _search(request, policy, seed, fix, classes)
    options = replace(_options(None, seconds, "sources", cache, on), **roles, **search)
    _print(pipeline.tune_only(request, options, reporter(quiet or json), ship), json)


@app.command()
def sources(
    prompt: Annotated[str | None, typer.Option("--prompt", help="a sentence; else the shipped targets")] = None,
    targets: Annotated[str | None, typer.Option("--targets", metavar="A,B", help="names of targets, or host")] = None,
    triple: Annotated[str, typer.Option("--triple", help="whose shipped targets, without any named")] = "",
    out: Out = None,
    list_: Annotated[bool, typer.Option("--list", help="print what would be written, as a CMake list file")] = False,
    depfile: Annotated[
        Path | None, typer.Option("--depfile", help="write what it depends on, as make reads it")
    ] = None,
    tune: Tune = "OFF",
    shapes: Shapes = None,
    cache: CacheDir = None,
) -> None:
    """Writes the library's sources: a step of a CMake build."""
    from tensorop_gen import pipeline
    from tensorop_gen.emit import project
    from tensorop_gen.emit.output import write_out

    request = _request([prompt], shapes) if prompt else None
    names = tuple(name for name in (targets or "").split(",") if name)
    options = _options(out, tune, "sources", cache)
    files = pipeline.sources(request, names, options, reporter(True), list_, triple)
    if list_:
        typer.echo(project.list_file(files), nl=False)
        return
    folder = out or Path("tensorop-sources")
    write_out(files, folder)
    if depfile:
        depfile.write_text(project.depfile(folder), encoding="utf-8")


def _request(sentence: list[str] | None, shapes: str | None) -> Request:
    from tensorop_gen.request.parse import parse
    from tensorop_gen.request.shapes import parse_shapes

    request = parse(" ".join(sentence or ()))
    return replace(request, shapes=request.shapes + parse_shapes(shapes)) if shapes else request


def _options(out: Path | None, tune: str | None, emit: str, cache: Path | None, on: str = "") -> Options:
    from typing import get_args

    from tensorop_gen.emit.model import Kind
    from tensorop_gen.pipeline import Options
    from tensorop_gen.request.model import RequestError
    from tensorop_gen.tune.model import Budget

    kind = next((kind for kind in get_args(Kind) if kind == emit), None)
    if kind is None:
        raise RequestError(f"--emit {emit} is not there: it is one of {', '.join(get_args(Kind))}")
    try:
        budget = Budget.parse(DEFAULT_SECONDS if tune is None else tune)
    except ValueError as error:
        raise RequestError(str(error)) from None
    return Options(out, budget, kind, cache, on, modelled=tune is not None)


def _search(request: Request, policy: str, seed: int, fix: str, classes: str) -> dict[str, Any]:
    """The search's part of the options. Raises RequestError."""
    from tensorop_gen import operators
    from tensorop_gen.request.model import RequestError
    from tensorop_gen.tune.policy import NAMES

    names = ("llm", *NAMES)
    if policy not in names:
        raise RequestError(f"--policy {policy} is not there: it is one of {', '.join(names)}")
    operator = operators.find(request.operator)
    wanted = tuple(filter(None, classes.split(",")))
    if unknown := [name for name in wanted if name not in operator.space.classes()]:
        raise RequestError(f"no class of shapes is called {unknown[0]}: they are {', '.join(operator.space.classes())}")
    try:
        return {"policy": policy, "seed": seed, "fixed": operator.params.read(fix), "classes": wanted}
    except ValueError as error:
        raise RequestError(f"--fix {fix}: {error}") from None


def _print(outcome: Outcome, json: bool) -> None:
    from tensorop_gen.report.summary import as_json, as_text, summarise

    summary = summarise(
        outcome.factors, outcome.record, outcome.trials, outcome.gain, outcome.kind, outcome.out, outcome.llm
    )
    typer.echo(as_json(summary) if json else as_text(summary))
