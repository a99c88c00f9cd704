"""The end of a run: what was made, what proves it, how fast it is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from tensorop_gen.measure.candidate import Measurement

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors

WIDTH = 100


class Summary(BaseModel):
    """cases, worst_r: of the verification. gain: speed after the search over speed before, as
    gain_kind says. llm: what a model cost."""

    model_config = ConfigDict(frozen=True)

    target: str
    title: str
    out: str | None
    operator: str
    cases: int
    worst_r: float
    trials: int
    gain: float
    gain_kind: Literal["measured", "modelled"]
    llm: str
    measurements: tuple[Measurement, ...]


def summarise(
    factors: HardwareFactors,
    record: Record | None,
    trials: int = 0,
    gain: float = 1.0,
    kind: Literal["measured", "modelled"] = "measured",
    out: Path | None = None,
    llm: str = "",
) -> Summary:
    """record: None for a library of portable kernels only."""
    return Summary(
        target=factors.name,
        title=factors.title,
        out=str(out) if out else None,
        operator=f"{record.operator} {record.dtype}" if record else "portable kernels only",
        cases=record.verification.cases if record else 0,
        worst_r=record.verification.worst_ratio if record else 0.0,
        trials=trials,
        gain=gain,
        gain_kind=kind,
        llm=llm,
        measurements=record.measurements if record else (),
    )


def as_json(summary: Summary) -> str:
    return summary.model_dump_json(indent=1)


def as_text(summary: Summary) -> str:
    """The table of speeds comes last."""
    lines = [f"{summary.operator} for {summary.target} ({summary.title})"]
    if summary.cases:
        lines.append(f"proven: {summary.cases} cases passed, worst error ratio r = {summary.worst_r:.2f}")
    if summary.trials:
        modelled = " (modelled, not measured)" if summary.gain_kind == "modelled" else ""
        lines.append(f"tuned: {summary.trials} trials, {summary.gain:.3f} times the speed it began with{modelled}")
    if summary.llm:
        lines.append(f"model: {summary.llm}")
    if summary.out:
        lines.append(f"written: {summary.out}/")
    return "\n".join(lines) + ("\n\n" + _table(summary.measurements) if summary.measurements else "")


def _table(measurements: tuple[Measurement, ...]) -> str:
    table = Table("shape m x k x n", "threads", "GFLOPS", "% of measured peak (95 %)", "worst r", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in measurements:
        share = f"{row.percent_of_peak:5.1f} ({row.interval[0]:.1f}..{row.interval[1]:.1f})"
        share = share if row.percent_of_peak else "not known"
        table.add_row(str(row.shape), str(row.threads), f"{row.gflops:.1f}", share, f"{max(row.before, row.after):.2f}")
    text = io.StringIO()
    Console(file=text, width=WIDTH).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().rstrip().splitlines())
