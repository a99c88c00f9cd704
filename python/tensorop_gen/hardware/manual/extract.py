"""Asks a model for the facts of a manual; each is believed only with a quotation that the manual really has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from tensorop_gen.hardware.manual.facts import Wanted, wanted
from tensorop_gen.hardware.manual.pages import Page, plain_words
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.llm.ask import as_json, ask
from tensorop_gen.llm.model import Model, Prompt
from tensorop_gen.llm.prompts import prompt

_MOST = 24_000  # characters of pages in one question
_SHORTEST = 8  # characters of a quotation


class Claim(BaseModel):
    """What the model says that the manual says."""

    model_config = ConfigDict(extra="forbid")

    name: str
    value: int | float | str
    page: int
    quotation: str


class Claims(BaseModel):
    model_config = ConfigDict(extra="forbid")

    facts: list[Claim]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that the manual states on a page in these words."""

    name: str
    value: float | str
    page: int
    quotation: str


@dataclass(frozen=True, slots=True)
class Found:
    """refused: claims that are not believed, each with the reason."""

    facts: tuple[Fact, ...]
    refused: tuple[str, ...]


def extract(model: Model, name: str, pages: Sequence[Page], known: HardwareFactors | None) -> Found:
    """The facts of a chip. known: what is sure already; a claim that contradicts it is refused. Raises LlmError."""
    chosen = retrieve(pages)
    claims = ask(model, question(name, chosen), as_json(Claims))
    texts = {page.number: plain_words(page.text) for page in chosen}
    facts, refused = dict[str, Fact](), list[str]()
    for claim in claims.facts:
        fault = _fault(claim, texts, known) or ("it is claimed twice" if claim.name in facts else "")
        if fault:
            refused.append(f"{claim.name[:40]} = {str(claim.value)[:40]}: {fault}")
        else:
            facts[claim.name] = Fact(claim.name, claim.value, claim.page, " ".join(claim.quotation.split()))
    return Found(tuple(facts.values()), tuple(refused))


def question(name: str, pages: Sequence[Page]) -> Prompt:
    harmless = [Page(page.number, page.text.replace("</page", "< /page")) for page in pages]
    return prompt("factors", schema=_form(), name=name, fields=wanted(), pages=harmless)


def _form() -> dict[str, Any]:
    """The answer's schema: each fact that is asked for, once at most."""
    schema = Claims.model_json_schema()
    schema["properties"]["facts"]["maxItems"] = len(wanted())
    schema["$defs"]["Claim"]["properties"]["name"]["enum"] = [fact.name for fact in wanted()]
    return schema


def retrieve(pages: Iterable[Page], most: int = _MOST) -> tuple[Page, ...]:
    """The pages with the most of the facts' words, as many as one question holds, in their order."""
    ranked = sorted(pages, key=lambda page: (-_score(page), page.number))
    chosen, size = list[Page](), 0
    for page in ranked:
        if chosen and (size + len(page.text) > most or not _score(page)):
            continue
        chosen.append(Page(page.number, page.text[:most]))
        size += len(chosen[-1].text)
    return tuple(sorted(chosen, key=lambda page: page.number))


def _score(page: Page) -> int:
    """How many facts the page may state, and with how many of their words."""
    text = page.text.lower()
    found = [sum(word.lower() in text for word in fact.look) for fact in wanted()]
    return 10 * sum(map(bool, found)) + sum(found)


def _fault(claim: Claim, texts: dict[int, str], known: HardwareFactors | None) -> str:
    """Why a claim is not believed; empty if it is."""
    fact = next((one for one in wanted() if one.name == claim.name), None)
    if fact is None:
        return "nobody asked for it"
    quotation = plain_words(claim.quotation)
    if len(quotation) < _SHORTEST or quotation not in texts.get(claim.page, ""):
        return f"page {claim.page} does not say so: its quotation is not there"
    if not fact.text and not _is_number(claim.value, fact):
        return "it is not a number that can be believed"
    if not fact.stated(claim.value, claim.quotation):
        return "its quotation does not give this value"
    sure = known_values(known).get(claim.name) if known else None
    if sure is not None and sure != claim.value:
        return f"it contradicts what is known: {sure}"
    return ""


def _is_number(value: float | str, fact: Wanted) -> bool:
    return not isinstance(value, str) and fact.low <= value <= fact.high


def known_values(factors: HardwareFactors) -> dict[str, float | str]:
    """The same facts of known factors, without what is only assumed."""
    l1, l2 = factors.cache(1), factors.cache(2)
    found: dict[str, tuple[str, float | str | None]] = {
        "isa": ("detect", factors.isa),
        "vector_bits": ("vectors", factors.vector_bits),
        "flops_per_cycle": ("vectors", factors.flops_per_cycle),
        "cores": ("cores", factors.cores),
        "clock_ghz": ("clock_ghz", factors.clock_ghz),
        "l1d_bytes": ("caches.L1d", l1.bytes if l1 else None),
        "l1d_ways": ("caches.L1d", l1.ways if l1 else None),
        "l1d_line": ("caches.L1d", l1.line if l1 else None),
        "l2_bytes": ("caches.L2u", l2.bytes if l2 else None),
        "l2_ways": ("caches.L2u", l2.ways if l2 else None),
        "l2_shared_by": ("caches.L2u", l2.shared_by if l2 else None),
    }
    return {
        name: value
        for name, (where, value) in found.items()
        if value is not None and not factors.is_assumed(where, name)
    }
