"""The application object and the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import typer.core

from tensorop_gen.cli.exits import exit_codes

if TYPE_CHECKING:
    from typing import Any

    from tensorop_gen.pipeline import Reporter


class Commands(typer.core.TyperGroup):
    """All commands, with our exit codes."""

    def invoke(self, ctx: Any) -> Any:
        with exit_codes():
            return super().invoke(ctx)


app = typer.Typer(
    name="tensorop-gen",
    cls=Commands,
    help='From one sentence to a proven, fast BLAS: tensorop-gen "sgemm for this machine"',
    epilog="Exit codes: 0 done, 1 stopped by what the message says, 2 request not understood, 3 a tool is missing, "
    "4 verification failed, 5 interrupted.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

Sentence = Annotated[list[str] | None, typer.Argument(help='what to make, such as "sgemm for this machine"')]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress, only errors and the result")]
CacheDir = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="folder for records (else TENSOROP_CACHE_DIR, or the user's)"),
]
Shapes = Annotated[
    str | None, typer.Option("--shapes", metavar="MxKxN[,...]", help="shapes to tune and measure: 64x4096x64,1000^3")
]

On = Annotated[
    str,
    typer.Option(
        "--on", metavar="local|emulator|ssh://USER@HOST|fleet:HOST", help="what runs the kernels (else what fits)"
    ),
]


def reporter(quiet: bool) -> Reporter:
    """Who tells the user what a run does."""
    from tensorop_gen.cli.console import ConsoleReporter, QuietReporter

    return QuietReporter() if quiet else ConsoleReporter()


def command_names() -> set[str]:
    """Every command and group of commands."""
    commands = {c.name or c.callback.__name__.replace("_", "-") for c in app.registered_commands if c.callback}
    return commands | {group.name for group in app.registered_groups if group.name}


def _version(wanted: bool) -> None:
    if wanted:
        from tensorop_gen import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    pass
