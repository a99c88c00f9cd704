"""tensorop-gen fleet: what a host does for boards that are used from elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from tensorop_gen.cli.app import app

commands = typer.Typer(help="Boards of many hosts, used together: --on fleet:HOST (docs/users/boards.md).")
app.add_typer(commands, name="fleet")


@commands.callback()
def _fleet() -> None:
    pass


@commands.command()
def worker(
    scheduler: Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="where `dask scheduler` runs")],
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="what the board is (tensorop-gen targets)")],
    on: Annotated[str, typer.Option("--on", metavar="ssh://USER@HOST|local", help="the board")] = "local",
) -> None:
    """Keeps one board for a fleet, until it is stopped or the board is lost."""
    from tensorop_gen import pipeline

    pipeline.keep_board(scheduler, target, on, lambda message: typer.echo(message, err=True))
