"""The pages of a manual, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.hardware.model import HardwareError

_TEXT_PAGE = 3000  # characters of a page of a text file without form feeds
_LARGEST = 200 << 20  # bytes
_LEAST = 40  # characters a page on average: less is a scan


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    text: str


def plain_words(text: str) -> str:
    """A text without what layout and typesetting change."""
    return re.sub(r"\s+", " ", re.sub(r"-\n", "-", text)).strip().lower()


def read_pages(path: Path) -> tuple[Page, ...]:
    """PDF or text. Raises HardwareError that says what is wrong with it."""
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise HardwareError(f"the manual {path} cannot be read: {error.strerror}") from None
    if content is None:
        raise HardwareError(f"the manual {path} has over {_LARGEST >> 20} MB: cut out the pages that matter")
    texts = _pdf(path) if content.startswith(b"%PDF") else _plain(content.decode("utf-8", "replace"))
    pages = tuple(Page(number, text) for number, text in enumerate(texts, 1) if text.strip())
    if sum(len(page.text) for page in pages) < _LEAST * max(len(texts), 1):
        raise HardwareError(f"the manual {path} holds no text (a scan?): run it through OCR first, such as ocrmypdf")
    return pages


def _plain(text: str) -> list[str]:
    if "\f" in text:
        return text.split("\f")
    pages, page, size = list[str](), list[str](), 0
    for line in text.splitlines():
        if size > _TEXT_PAGE:
            pages.append("\n".join(page))
            page, size = [], 0
        page.append(line)
        size += len(line) + 1
    return [*pages, "\n".join(page)]


def _pdf(path: Path) -> list[str]:
    try:
        import pypdf
    except ImportError:
        raise HardwareError("PDF manuals need pypdf: pip install 'tensorop-gen[llm]'") from None
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            raise HardwareError(f"the manual {path} is encrypted: save it without a password first")
        return [page.extract_text() for page in reader.pages]
    except HardwareError:
        raise
    except Exception as error:  # whatever a broken file makes of the reader
        raise HardwareError(f"the manual {path} is no PDF that can be read: {type(error).__name__}") from None
