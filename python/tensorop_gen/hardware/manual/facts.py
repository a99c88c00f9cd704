"""What is looked for in a manual, and whether a quotation states it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tensorop_gen.hardware.model import Frozen

_UNITS = {"k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "kbyte": 1 << 10, "kbytes": 1 << 10, "m": 1 << 20, "mb": 1 << 20,
          "mib": 1 << 20, "mbyte": 1 << 20, "mbytes": 1 << 20, "mhz": 1e-3, "ghz": 1.0, "b": 1, "byte": 1, "bytes": 1,
          "bit": 1, "bits": 1, "way": 1, "ways": 1, "x": 1}  # fmt: skip
# With the word behind it. What is part of a name (X9, L2, AVX-512) or of a version (0.7.1) is no number.
_NUMBER = re.compile(
    r"(?<![\w.])(?<![a-z]-)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<joined>[a-z]+)|[\s-]+(?P<word>[a-z]+))?(?!\w|\.\d)",
    re.I,
)
_WORDS = {"one": 1, "single": 1, "two": 2, "dual": 2, "three": 3, "four": 4, "quad": 4, "six": 6, "eight": 8, "octa": 8}
# What a text must say for an instruction set to be believed.
_EVIDENCE = {
    "avx2": r"avx ?2",
    "avx512": r"avx-?512",
    "neon": r"neon|advanced simd|asimd",
    "rvv": r"rvv ?1\.0|vector.{0,40}1\.0|rva2[23]",
    "rvv071": r"0\.7(\.1)?\b",
    "rv64": r"rv64",
}


class Wanted(Frozen):
    """One fact. look: words of the pages that state it; text: its value is a word, not a number."""

    name: str
    says: str
    look: tuple[str, ...]
    low: float = 0
    high: float = float("inf")
    text: bool = False

    def stated(self, value: float | str, quotation: str) -> bool:
        """Whether the quotation itself gives the value."""
        if self.text:
            return str(value) in _EVIDENCE and bool(re.search(_EVIDENCE[str(value)], quotation, re.I | re.S))
        return any(abs(number - float(value)) <= 1e-9 * abs(number) for number in _numbers(quotation))


@functools.cache
def wanted() -> tuple[Wanted, ...]:
    content = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text(encoding="utf-8"))
    return tuple(Wanted.model_validate(entry) for entry in content["facts"])


def _numbers(text: str) -> Iterator[float]:
    """Every number that stands alone, in its unit: 32 KB is 32768 and not 32."""
    for match in _NUMBER.finditer(text):
        unit = (match["joined"] or match["word"] or "").lower()
        if unit in _UNITS or not match["joined"]:
            yield float(match["number"].replace(",", "")) * _UNITS.get(unit, 1)
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _WORDS:
            yield float(_WORDS[word])
