"""report: an output folder as a page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tensorop_gen.cli.app import CacheDir, app


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder that tensorop-gen made: ./tensorop-<cpu>")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="the file to write (else DIR/report.html)")
    ] = None,
    bench: Annotated[
        Path | None, typer.Option("--bench", metavar="FILE", help="speeds beside peers: what bench --json wrote")
    ] = None,
    cache: CacheDir = None,
) -> None:
    """Writes one HTML file: tuning, roofline, tree, peers, assembly, proof; opens without a network."""
    from tensorop_gen.report.material import read
    from tensorop_gen.report.page import page

    file = out or folder / "report.html"
    file.write_text(page(read(folder, cache, bench, lambda text: typer.echo(text, err=True))), encoding="utf-8")
    typer.echo(f"written: {file}")
