"""The folder record/ of the output: what was decided and what proves it, as text, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.cache.model import Record
from tensorop_gen.cache.records import record_text
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.report.summary import as_text, summarise
from tensorop_gen.request.model import RequestError

if TYPE_CHECKING:
    from pathlib import Path

_WHENCE = {
    "analytical": "analytical",
    "tuned": "tuned, {trials} trials",
    "modelled": "tuned on modelled speeds, {trials} trials; nothing was measured",
}


def record_files(factors: HardwareFactors, record: Record) -> dict[str, str]:
    """record.json (what `tensorop-gen verify DIR` proves again), hardware.json, summary.txt."""
    return {
        "record.json": record_text(record),
        "hardware.json": factors.model_dump_json(indent=1) + "\n",
        "summary.txt": f"{as_text(summarise(factors, record))}\n\n{_made(record)}",
    }


def read_record(folder: Path) -> tuple[HardwareFactors, Record]:
    """What an output folder says of itself. Raises RequestError."""
    if not (folder / "record/record.json").is_file():
        raise RequestError(f"{folder} holds no record/record.json: name a folder that tensorop-gen made for a CPU")
    try:
        factors = HardwareFactors.model_validate_json((folder / "record/hardware.json").read_bytes())
        record = Record.model_validate_json((folder / "record/record.json").read_bytes())
        operators.find(record.operator).params.from_dict(record.params)
        return factors, record
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RequestError(f"{folder}/record cannot be understood: make the folder again\n{error}") from None


def _made(record: Record) -> str:
    """By whom, when, with what and where, and what proves it, a line each."""
    source = record.provenance
    lines = [f"made {source.date} by tensorop-gen {source.generator}, author {source.author}"]
    if source.params:
        lines.append(f"parameters: {_WHENCE[source.params].format(trials=source.trials)}")
    if source.host:
        lines.append(f"proven on: {source.host}; {source.compiler}")
    return "".join(f"{line}\n" for line in [*lines, f"verification record: {record.proof}"])
