"""tensorop-gen cache: what is kept, and carrying it to another machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, Json, app

if TYPE_CHECKING:
    from tensorop_gen.cache.store import Store

commands = typer.Typer(help="The records of tuned kernels: list, check, export, import, clear.", no_args_is_help=True)
app.add_typer(commands, name="cache")

ArchiveFile = Annotated[Path, typer.Argument(metavar="FILE", help="a .tar.gz file")]


@commands.command("list")
def list_(cache: CacheDir = None, json: Json = False) -> None:
    """Names of all entries."""
    import json as text

    store = _store(cache)
    entries = store.entries()
    if json:
        typer.echo(text.dumps({"cache": str(store.root), "entries": entries}))
    else:
        typer.echo("\n".join((f"{store.root}: {_count(len(entries))}", *entries)))


@commands.command()
def check(cache: CacheDir = None) -> None:
    """Reads every entry; damaged ones are set aside."""
    store = _store(cache)
    damaged = store.check()
    typer.echo(f"{_count(len(store.entries()))} whole, {len(damaged)} damaged")
    raise typer.Exit(1 if damaged else 0)


@commands.command("export")
def export_(file: ArchiveFile, cache: CacheDir = None) -> None:
    """Writes all entries into one file."""
    from tensorop_gen.cache.archive import export_archive

    typer.echo(f"{_count(export_archive(_store(cache), file))} written to {file}")


@commands.command("import")
def import_(file: ArchiveFile, cache: CacheDir = None) -> None:
    """Takes in the entries of a file made by export."""
    from tensorop_gen.cache.archive import import_archive

    taken, faults = import_archive(_store(cache), file)
    typer.echo("\n".join((f"{_count(taken)} taken in from {file}", *(f"left out: {fault}" for fault in faults))))
    raise typer.Exit(1 if faults else 0)


@commands.command()
def clear(cache: CacheDir = None) -> None:
    """Removes all entries."""
    typer.echo(f"{_count(_store(cache).clear())} removed")


def _store(root: Path | None) -> Store:
    from tensorop_gen.cache.store import Store

    return Store(root, lambda message: typer.echo(message, err=True))


def _count(entries: int) -> str:
    return f"{entries} {'entry' if entries == 1 else 'entries'}"
