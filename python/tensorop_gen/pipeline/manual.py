"""From a manual to hardware factors: pages, the model's reading of them, what is believed, a target file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.hardware.library import find
from tensorop_gen.hardware.manual.draft import draft, file_name
from tensorop_gen.hardware.manual.extract import Found, extract
from tensorop_gen.hardware.manual.pages import read_pages
from tensorop_gen.hardware.model import UnknownTargetError
from tensorop_gen.hardware.probe import probe
from tensorop_gen.hardware.schema import read
from tensorop_gen.llm.model import LlmError
from tensorop_gen.llm.open import open_model

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import LlmChoice, Options, Reporter


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


def described(chip: str, options: Options, say: Reporter) -> HardwareFactors | None:
    """What the manual says of a chip that no file describes, kept as a file beside the output. None without a manual,
    or for a chip that is known: then what contradicts the manual is told, and stands.

    Raises HardwareError, and LlmError for a chip of which nothing else is known."""
    if options.manual is None:
        return None
    if _known(chip):
        try:
            _tell(read_manual(chip, options.manual.file, options.manual.llm, say), say)
        except LlmError as error:
            say.note(f"the manual is not read, what is known of {chip} stands: {error}")
        return None
    file = (options.out or Path()).parent / f"{file_name(chip)}.yaml"
    if file.exists():
        say.note(f"{file} describes {chip} already; remove it to have the manual read again")
        return read(file)
    report = read_manual(chip, options.manual.file, options.manual.llm, say)
    _tell(report, say)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(report.target, encoding="utf-8")
    folder = file.parent.resolve()
    say.note(f"{file} is drafted from the manual: look through it; TENSOROP_TARGET_PATH={folder} makes it known")
    return read(file)


def _tell(report: ManualReport, say: Reporter) -> None:
    for fact in report.found.facts:
        say.stage("factors", f"{fact.name} {fact.value} [page {fact.page}: {fact.quotation}]")
    for reason in report.found.refused:
        say.note(f"not believed: {reason}")
    say.stage("llm", report.cost)


def _known(chip: str) -> HardwareFactors | None:
    if chip == "host":
        return probe()
    try:
        return find(chip)
    except UnknownTargetError:
        return None
