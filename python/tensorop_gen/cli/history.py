"""tensorop-gen history: every trial of every search, and carrying them to another machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, Json, app

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorop_gen.cache.history import History
    from tensorop_gen.cache.history_row import Row

commands = typer.Typer(help="The trials of all searches: show, export, import.")
app.add_typer(commands, name="history")

LinesFile = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines, one trial a line")]


@commands.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="only searches for this target")] = "",
    cache: CacheDir = None,
    json: Json = False,
) -> None:
    """One line for each search: target, machine, trials, failures, best gain. --json: every trial."""
    if context.invoked_subcommand:
        return
    with _history(cache) as history:
        rows = [row for row in history.rows() if target in ("", row.target)]
    if json:
        typer.echo(f"[{','.join(row.model_dump_json() for row in rows)}]")
    else:
        typer.echo("\n".join([f"{history.path}: {_count(len(rows))}", *_searches(rows)]))


@commands.command("export")
def export_(file: LinesFile, cache: CacheDir = None) -> None:
    """Writes all trials into one file."""
    from tensorop_gen.cache.history_lines import export_lines

    with _history(cache) as history:
        typer.echo(f"{_count(export_lines(history, file))} written to {file}")


@commands.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE ...", help="made by export, here or elsewhere")],
    cache: CacheDir = None,
) -> None:
    """Takes in the trials of other machines, or of this one; those that are there already are passed over."""
    from tensorop_gen.cache.history_lines import import_lines

    faults: list[str] = []
    with _history(cache) as history:
        for file in files:
            taken, wrong = import_lines(history, file)
            typer.echo(f"{_count(taken)} taken in from {file}")
            faults += wrong
    typer.echo("".join(f"left out: {fault}\n" for fault in faults), nl=False)
    raise typer.Exit(1 if faults else 0)


def _searches(rows: Iterable[Row]) -> list[str]:
    groups: dict[tuple[str, str, str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.search, row.machine, row.policy, row.seed), []).append(row)
    return [_line(group) for group in groups.values()]


def _line(rows: list[Row]) -> str:
    import math

    first, failed = rows[0], sum(bool(row.reason) for row in rows)
    best = max((row.level for row in rows if row.accepted), default=0.0)
    what = f"{first.search}  {first.target}, {first.operator} {first.dtype}, {first.policy} seed {first.seed}"
    return f"{what}: {_count(len(rows))}, {failed} failed, {math.exp(best):.3f}x  [{first.machine_name}, {first.date}]"


def _history(root: Path | None) -> History:
    from tensorop_gen.cache.history import History

    return History(root, lambda message: typer.echo(message, err=True))


def _count(trials: int) -> str:
    return f"{trials} {'trial' if trials == 1 else 'trials'}"
