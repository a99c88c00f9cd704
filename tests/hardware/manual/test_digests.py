"""Digests: found by a chip's name, every number beside its source, and enough for a target's file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.author.llm.scripted import Scripted
from tests.hardware.manual.readings import READINGS, answer

from tensorop_gen.hardware import library
from tensorop_gen.hardware.manual.digests import described, files, find_digest
from tensorop_gen.hardware.manual.document import Document, paragraphs
from tensorop_gen.hardware.manual.draft import draft, file_name
from tensorop_gen.hardware.manual.extract import Fact, extract, known_values
from tensorop_gen.hardware.manual.pages import read_pages
from tensorop_gen.hardware.model import UnknownTargetError
from tensorop_gen.hardware.schema import read

FILES = pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
KEY = r"\[(\w+)\]"


def digest(chip: str) -> Document:
    found = find_digest(chip)
    assert found, chip
    return found


@FILES
def test_every_number_stands_beside_a_source(file: Path) -> None:
    """A page: names, facts that end with keys, works with an address; no work is missing, doubled or idle."""
    cited, works = set[str](), list[str]()
    for page in read_pages(file):
        names, *rest = paragraphs(page.text)
        assert not re.search(KEY, names)
        for text in rest:
            if work := re.match(KEY, text):
                assert "https://" in text or "http://" in text
                works.append(work[1])
            else:
                assert re.search(rf"{KEY}$", text), text
                cited |= set(re.findall(KEY, text))
    assert sorted(works) == sorted(cited)


@FILES
def test_a_digest_is_short_and_in_lines(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text) < 8000
    assert max(map(len, text.splitlines())) <= 120


def test_a_name_stands_for_one_chip_that_has_no_targets_file() -> None:
    pages = [page for file in files() for page in read_pages(file)]
    names = [library.plain(name) for page in pages for name in paragraphs(page.text)[0].split(", ")]
    assert len(names) == len(set(names))
    for name in names:
        with pytest.raises(UnknownTargetError):
            library.find(name)


@pytest.mark.parametrize(
    ("chip", "pages"),
    [("cortex a55", [1]), ("A55", [1]), ("RK3566", [1, 2]), ("rk 3568", [1, 3]), ("odroid-m1", [1, 3])],
)
def test_a_chip_is_found_by_any_spelling_and_without_the_others(chip: str, pages: list[int]) -> None:
    found = digest(chip)
    assert found.name == "digest cortex-a55"
    assert [page.number for page in found.pages] == pages


def test_a_chip_that_nobody_described_is_not_found() -> None:
    assert find_digest("Example X9") is None
    assert find_digest("") is None
    assert "Arm Cortex-A55" in described()


def test_works_are_cited_and_cannot_be_quoted() -> None:
    found = digest("Graviton2")
    assert not any("https://" in page.text for page in found.pages)
    fact = Fact("l2_bytes", 1 << 20, 2, "an L2 cache of 1 MB")
    assert found.where(fact).startswith('digest neoverse-n1, page 2: "an L2 cache of 1 MB" [Amazon Web Services, ')
    assert found.where(fact).endswith("/aws-graviton-getting-started/blob/0098461cbd22/README.md]")


def test_words_over_two_paragraphs_cite_what_the_page_cites() -> None:
    fact = Fact("cores", 80, 3, "80 cores Neoverse N1. [register] The fastest model")
    assert "The Register" in digest("Altra").where(fact)
    assert "itmagazine.ch" in digest("Altra").where(fact)


def test_what_another_chip_has_is_not_believed() -> None:
    wrong = {"name": "cores", "value": 80, "page": 3, "quotation": "The processor has up to 80 cores"}
    found = extract(Scripted([json.dumps({"facts": [wrong]})]), "Graviton2", digest("Graviton2").pages, None)
    assert not found.facts
    assert "does not say so" in found.refused[0]


@pytest.mark.parametrize("chip", READINGS)
def test_from_digest_to_target(chip: str, tmp_path: Path) -> None:
    """Every value is believed and cited; what the digest leaves open is the generic target's, and assumed."""
    found = extract(Scripted([answer(chip)]), chip, digest(chip).pages, None)
    assert not found.refused
    path = tmp_path / f"{file_name(chip)}.yaml"
    path.write_text(draft(path.stem, chip, found.facts, digest(chip)))
    target = read(path)
    values = {fact.name: fact.value for fact in found.facts}
    stated = {name: value for name, value in known_values(target).items() if name in values}
    assert stated == {name: value for name, value in values.items() if name != "isa"}
    assert target.isa == values["isa"]
    cited = [source for source in target.sources.values() if source != "assumed"]
    assert cited
    assert all(re.match(r"digest [\w-]+, page \d+: \".+\" \[.+http", source) for source in cited)
    assert ("clock_ghz" in values) == (target.clock_ghz is not None)


def test_every_digest_was_read() -> None:
    assert {digest(chip).aliases[0] for chip in READINGS} == set(described())
