"""The folder record/ of the output: what was decided and what proves it, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.cache.records import record_text
from tensorop_gen.report.summary import as_text, summarise

if TYPE_CHECKING:
    from tensorop_gen.cache.model import Record
    from tensorop_gen.hardware.model import HardwareFactors


def record_files(factors: HardwareFactors, record: Record) -> dict[str, str]:
    """record.json (what `tensorop-gen verify DIR` proves again), hardware.json, summary.txt."""
    source = record.provenance
    params = f"parameters tuned in {source.trials} trials" if source.params == "tuned" else "analytical parameters"
    made = f"made {source.date} by tensorop-gen {source.generator}, author {source.author}, {params}\n"
    made += f"proven on {source.host}; {source.compiler}"
    return {
        "record.json": record_text(record),
        "hardware.json": factors.model_dump_json(indent=1) + "\n",
        "summary.txt": f"{as_text(summarise(factors, record))}\n\n{made}\nverification record: {record.proof}\n",
    }
