"""From a manual to hardware factors: pages, the model's reading of them, what is believed, a target file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.hardware.library import find
from tensorop_gen.hardware.manual.draft import draft, file_name
from tensorop_gen.hardware.manual.extract import Found, extract
from tensorop_gen.hardware.manual.pages import read_pages
from tensorop_gen.hardware.model import UnknownTargetError
from tensorop_gen.hardware.probe import probe
from tensorop_gen.llm.open import open_model

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import LlmChoice, Reporter


@dataclass(frozen=True, slots=True)
class ManualReport:
    """target: YAML of a chip that has no file yet, else nothing. cost: of the model."""

    chip: str
    known: bool
    found: Found
    target: str
    cost: str


def read_manual(chip: str, manual: Path, llm: LlmChoice, say: Reporter) -> ManualReport:
    """chip: a name as a request gives it; what is known of it already stands, whatever the manual is said to say.

    Raises HardwareError, LlmError."""
    known = _known(chip)
    pages = read_pages(manual)
    recorder, meter = open_model(llm.model, llm.budget, tell=say.note)
    say.stage("factors", f"{len(pages)} pages of {manual.name}; {recorder.name} is asked")
    found = extract(recorder, chip, pages, known)
    target = "" if known else draft(file_name(chip), chip, found.facts, manual.name)
    return ManualReport(chip, known is not None, found, target, str(meter))


def _known(chip: str) -> HardwareFactors | None:
    if chip == "host":
        return probe()
    try:
        return find(chip)
    except UnknownTargetError:
        return None
