"""tensorop-gen factors: what a manual or a digest says of a chip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import Json, Quiet, app, reporter
from tensorop_gen.cli.llm import Llm, LlmMost, named_model

if TYPE_CHECKING:
    from tensorop_gen.pipeline.manual import ManualReport


@app.command()
def factors(
    chip: Annotated[list[str], typer.Argument(help="the chip's name, or host for this machine")],
    manual: Annotated[
        Path | None,
        typer.Option("--manual", metavar="FILE", help="its manual, PDF or text (else the digest that there is of it)"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="where the target of an unknown chip is written")
    ] = None,
    llm: Llm = "",
    llm_budget: LlmMost = "",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Has a model read a chip's hardware factors from its manual or digest, each with page and quotation."""
    from dataclasses import asdict

    from tensorop_gen.pipeline.manual import read_manual

    report = read_manual(" ".join(chip), manual, named_model(llm, llm_budget), reporter(quiet or json))
    written = _write(report, out)
    if json:
        import json as text

        typer.echo(text.dumps(asdict(report) | {"written": str(written) if written else None}, indent=1))
        return
    typer.echo(_described(report, written))


def _write(report: ManualReport, out: Path | None) -> Path | None:
    if not report.target:
        return None
    from tensorop_gen.hardware.manual.draft import file_name

    path = out or Path(f"{file_name(report.chip)}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.target, encoding="utf-8")
    return path


def _described(report: ManualReport, written: Path | None) -> str:
    lines = [f"{f.name:14} {f.value}   [page {f.page}: {f.quotation}]" for f in report.found.facts]
    lines += [f"{'refused':14} {reason}" for reason in report.found.refused]
    lines.append(f"model: {report.cost}")
    if written:
        folder = written.parent.resolve()
        lines.append(f"written: {written}\nuse it with: TENSOROP_TARGET_PATH={folder} tensorop-gen ...")
    elif report.known:
        lines.append(f"{report.chip} has a target file: tensorop-gen targets {report.chip}")
    return "\n".join(lines)
