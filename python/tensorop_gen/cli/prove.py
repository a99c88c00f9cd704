"""verify: proves a target's kernels again. bench: our library beside others."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from tensorop_gen.cli.app import CacheDir, Json, On, Quiet, Shapes, app

Level = Literal["smoke", "quick", "full"]


@app.command()
def verify(
    what: Annotated[list[str] | None, typer.Argument(help="a sentence, or a folder that was generated")] = None,
    level: Annotated[Level, typer.Option("--level", help="smoke, quick or full")] = "quick",
    seed: Annotated[int, typer.Option("--seed", help="of the cases' data")] = 1,
    case: Annotated[str | None, typer.Option("--case", help="this one case only (from a failure's last line)")] = None,
    params: Annotated[
        str | None,
        typer.Option("--params", metavar="NAME=VALUE[,...]", help="other parameters than recorded: kc=256,unroll=4"),
    ] = None,
    on: On = "",
    cache: CacheDir = None,
    json: Json = False,
) -> None:
    """Builds the kernels of a target and proves them; exit code 4 and a line to show it again if one fails."""
    from tensorop_gen import pipeline
    from tensorop_gen.cli.console import QuietReporter
    from tensorop_gen.cli.exits import NOT_PROVEN

    words = " ".join(what or ())
    sentence = words or "sgemm for this machine"
    found = pipeline.verify_again(sentence, level, seed, case, cache, on, QuietReporter().note, params)
    if json:
        typer.echo(found.model_dump_json(indent=1))
    elif found.passed:
        typer.echo(f"{found.cases} cases passed, worst error ratio r = {found.worst_ratio:.2f}")
        typer.echo("".join(f"not checked: {text}\n" for text in found.not_checked), nl=False)
    elif found.failure:
        command = f"tensorop-gen verify {shlex.quote(sentence)}" + (
            f" --params {shlex.quote(params)}" if params is not None else ""
        )
        typer.echo(f"{found.failure.kind}: {found.failure.text}\n{found.reproducer(command)}")
    raise typer.Exit(0 if found.passed else NOT_PROVEN)


@app.command()
def bench(
    libraries: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=]LIB.so ...", help="the first is held against the others")
    ] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="NAMES", help="openblas, mkl, onednn, libxsmm, all, none, or a LIB.so")
    ] = "all",
    classes: Annotated[str | None, typer.Option("--class", metavar="NAMES", help="tiny,mid,large,skinny")] = None,
    shapes: Shapes = None,
    threads: Annotated[str, typer.Option("--threads", metavar="N[,N]", help="numbers of threads")] = "1",
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="turns that each library takes")] = 7,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="keep all times")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help="keep the tables")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.html", help="draw the ratios")] = None,
    quiet: Quiet = False,
) -> None:
    """Measures libraries side by side, each in a process of its own, in turns (else ./tensorop-*/lib)."""
    from rich.console import Console

    from tensorop_gen.cli.console import ConsoleReporter, QuietReporter
    from tensorop_gen.measure.compare import compare
    from tensorop_gen.measure.peers import find_peers, own_library
    from tensorop_gen.measure.plot import save_plot
    from tensorop_gen.measure.shapes import choose
    from tensorop_gen.measure.table import markdown as as_markdown
    from tensorop_gen.measure.table import render

    chosen = choose(shapes, classes)
    names = [name for name in against.split(",") if name != "none"]
    files = [name for name in names if ".so" in name]
    peers, missing = find_peers([name for name in names if name not in files])
    own = [own_library(text) for text in [*(libraries or _generated()), *files]]
    total = sum(len(one.shapes) for one in chosen)
    reporter = QuietReporter() if quiet else ConsoleReporter()
    done = itertools.count(1)
    found = compare(
        [*own, *peers],
        chosen,
        _numbers(threads),
        rounds,
        missing=missing,
        progress=lambda _: reporter.progress("measure", next(done), total),
    )
    Console().print(render(found))
    if json:
        json.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if markdown:
        markdown.write_text(as_markdown(found), encoding="utf-8")
    if plot:
        save_plot(found, plot)


def _generated() -> list[str]:
    """The library in the one output folder here."""
    from tensorop_gen.request.model import RequestError

    found = sorted(str(path) for path in Path().glob("tensorop-*/lib/libtensorop.so"))
    if len(found) != 1:
        seen = f"there are {len(found)}: {', '.join(found)}" if found else "there is none"
        raise RequestError(f"which library? In ./tensorop-*/lib {seen}. Name it: tensorop-gen bench LIB.so")
    return [f"TensorOp={found[0]}"]


def _numbers(text: str) -> list[int]:
    from tensorop_gen.request.model import RequestError

    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", text):
        raise RequestError(f"--threads {text}: write numbers of threads, such as 1 or 1,2")
    return [int(number) for number in text.split(",")]
