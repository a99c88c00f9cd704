"""What facts are taken from, and how a fact of it is cited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tensorop_gen.hardware.manual.extract import Fact
from tensorop_gen.hardware.manual.pages import Page, plain_words, read_pages


@dataclass(frozen=True, slots=True)
class Document:
    """name: as its readers know it. aliases: the names of the chip that it describes, if it tells them. works: what its
    paragraphs cite as [key]; a user's manual speaks for itself."""

    name: str
    pages: tuple[Page, ...]
    aliases: tuple[str, ...] = ()
    works: Mapping[str, str] = field(default_factory=dict)

    def where(self, fact: Fact) -> str:
        """Page and words of a fact, and the works that its paragraph cites."""
        cited = "; ".join(self.works[key] for key in self._keys(fact))
        return f'{self.name}, page {fact.page}: "{fact.quotation}"' + (f" [{cited}]" if cited else "")

    def _keys(self, fact: Fact) -> list[str]:
        page = next(page.text for page in self.pages if page.number == fact.page)
        quotation = plain_words(fact.quotation)
        around = next((text for text in paragraphs(page) if quotation in plain_words(text)), page)
        return [key for key in dict.fromkeys(re.findall(r"\[(\w+)\]", around)) if key in self.works]


def paragraphs(page: str) -> list[str]:
    return [text for text in re.split(r"\n\s*\n", page.strip()) if text]


def manual(file: Path) -> Document:
    """A user's. Raises HardwareError."""
    return Document(file.name, read_pages(file))
