"""The GPU library's sources: a step of a CMake build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tensorop_gen.cli.app import app


@app.command("cuda-sources")
def cuda_sources(
    targets: Annotated[str | None, typer.Option("--targets", metavar="A,B", help="names of GPUs; else all")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="the folder to write")] = Path("tensorop-cuda"),
    list_: Annotated[bool, typer.Option("--list", help="print what would be written, as a CMake list file")] = False,
) -> None:
    """Writes the sources of the GPU library."""
    from tensorop_gen import pipeline
    from tensorop_gen.emit.output import write_out

    files, listed = pipeline.cuda_sources(tuple(name for name in (targets or "").split(",") if name))
    if list_:
        typer.echo(listed, nl=False)
        return
    write_out(files, out)
