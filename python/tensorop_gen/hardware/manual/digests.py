"""Digests: what public documents state of a chip, in words of our own, each fact beside its source.

A file describes a core and chips that have it: page 1 the core, every other page one chip. A page begins with the names
of what it describes; then come facts, a paragraph each, that end with [key]; last the works that the keys stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tensorop_gen.hardware.library import plain
from tensorop_gen.hardware.manual.document import Document, paragraphs
from tensorop_gen.hardware.manual.pages import Page, read_pages

_FOLDER = Path(__file__).parent.parent / "manuals"
_WORK = re.compile(r"\[(\w+)\]\s+(.*)", re.S)


def find_digest(chip: str) -> Document | None:
    """What there is of a core or chip, whatever the spelling of spaces and dashes: the core's page, which says what all
    chips with it share, and the chip's own. Pages of other chips are left out: their facts cannot be mixed up."""
    for file in files():
        pages = read_pages(file)
        for page in pages:
            if plain(chip) in map(plain, _names(page)):
                ours = dict.fromkeys((pages[0], page))
                return Document(f"digest {file.stem}", tuple(map(_facts, ours)), _names(page), _works(pages))
    return None


def files() -> tuple[Path, ...]:
    return tuple(sorted(_FOLDER.glob("*.txt")))


def described() -> tuple[str, ...]:
    """The cores and chips that there are digests of."""
    return tuple(_names(page)[0] for file in files() for page in read_pages(file))


def _names(page: Page) -> tuple[str, ...]:
    return tuple(paragraphs(page.text)[0].split(", "))


def _facts(page: Page) -> Page:
    """Without the works: only what is said of the chip can be quoted."""
    return Page(page.number, "\n\n".join(text for text in paragraphs(page.text) if not _WORK.match(text)))


def _works(pages: Iterable[Page]) -> dict[str, str]:
    found = [_WORK.match(text) for page in pages for text in paragraphs(page.text)]
    return {work[1]: " ".join(work[2].split()) for work in found if work}
