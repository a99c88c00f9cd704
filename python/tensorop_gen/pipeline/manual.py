"""From a manual or digest to hardware factors: pages, the model's reading of them, what is believed, a target file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.library import find
from tensorop_gen.hardware.manual import digests
from tensorop_gen.hardware.manual.document import manual
from tensorop_gen.hardware.manual.draft import draft, file_name
from tensorop_gen.hardware.manual.extract import Found, extract
from tensorop_gen.hardware.model import UnknownTargetError
from tensorop_gen.hardware.probe import probe
from tensorop_gen.hardware.schema import read
from tensorop_gen.llm.model import LlmError
from tensorop_gen.pipeline.authoring import ask_model, transcript_file
from tensorop_gen.request.model import RequestError

if TYPE_CHECKING:
    from tensorop_gen.hardware.manual.document import Document
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import LlmChoice, Options, Reporter


@dataclass(frozen=True, slots=True)
class ManualReport:
    """document: what was read. target: YAML of a chip that has no file yet, else nothing. cost: of the model."""

    chip: str
    document: str
    known: bool
    found: Found
    target: str
    cost: str


def read_manual(chip: str, file: Path | None, llm: LlmChoice, say: Reporter, cache: Path | None = None) -> ManualReport:
    """chip: a name as a request gives it; what is known of it already stands, whatever the manual is said to say. file:
    the manual, None for the digest of the chip. cache: where the transcript is kept, None for the user's.

    Raises HardwareError, LlmError, RequestError."""
    known = _known(chip)
    document = manual(file) if file else _digest(chip, known)
    recorder, meter = ask_model(llm, transcript_file(Store(cache, say.note).root, file_name(chip)), say)
    say.stage("factors", f"{len(document.pages)} pages of {document.name}; {recorder.name} is asked")
    found = extract(recorder, chip, document.pages, known)
    target = "" if known else draft(file_name(chip), chip, found.facts, document)
    return ManualReport(chip, document.name, known is not None, found, target, str(meter))


def has_only_digest(chip: str) -> bool:
    """Whether no target's file describes the chip, but a digest does."""
    return digests.find_digest(chip) is not None and _known(chip) is None


def described(chip: str, options: Options, say: Reporter) -> HardwareFactors | None:
    """What the manual or digest says of a chip that no file describes, kept as a file beside the output. None without
    either, or for a chip that is known: then what contradicts the manual is told, and stands.

    Raises HardwareError, RequestError, and LlmError for a chip of which nothing else is known."""
    if options.manual is None:
        if has_only_digest(chip):
            raise RequestError(
                f'no target is called "{chip}", but a digest describes it: '
                f'tensorop-gen factors "{chip}" --llm MODEL has a model draft the target\'s file from it'
            )
        return None
    if _known(chip):
        try:
            _tell(read_manual(chip, options.manual.file, options.manual.llm, say, options.cache), say)
        except LlmError as error:
            say.note(f"the manual is not read, what is known of {chip} stands: {error}")
        return None
    file = (options.out or Path()).parent / f"{file_name(chip)}.yaml"
    if file.exists():
        say.note(f"{file} describes {chip} already; remove it to have the manual read again")
        return read(file)
    report = read_manual(chip, options.manual.file, options.manual.llm, say, options.cache)
    _tell(report, say)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(report.target, encoding="utf-8")
    factors = read(draft)
    draft.replace(file)
    folder = file.parent.resolve()
    say.note(f"{file} is drafted from {report.document}: look through it; TENSOROP_TARGET_PATH={folder} makes it known")
    return factors


def _tell(report: ManualReport, say: Reporter) -> None:
    for fact in report.found.facts:
        say.stage("factors", f"{fact.name} {fact.value} [page {fact.page}: {fact.quotation}]")
    for reason in report.found.refused:
        say.note(f"not believed: {reason}")
    say.stage("llm", report.cost)


def _digest(chip: str, known: HardwareFactors | None) -> Document:
    if document := digests.find_digest(chip):
        return document
    stands = f" (what is known of it: tensorop-gen targets {known.name})" if known else ""
    raise RequestError(
        f'there is no digest of "{chip}"{stands}; give its manual with --manual FILE. '
        f"There are digests of {', '.join(digests.described())}"
    )


def _known(chip: str) -> HardwareFactors | None:
    if chip == "host":
        return probe()
    try:
        return find(chip)
    except UnknownTargetError:
        return None
