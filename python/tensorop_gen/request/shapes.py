"""Shapes in a sentence: `64x4096x64`, `1000^3`, `512x512x512 TN`, `m=64 k=4096 n=64`."""

from __future__ import annotations

import re

from tensorop_gen.request.model import LAYOUTS, RequestError, Shape

SIZE_LIMIT = 2**31 - 1  # the BLAS interface's 32-bit integers
_LAYOUT = r"(?:\s*[:\s]\s*(?P<layout>NN|TN|NT|TT)\b)?"
_TRIPLE = re.compile(
    r"(?<![\w.])(?P<m>\d+)\s*[x\u00d7*]\s*(?P<k>\d+)\s*[x\u00d7*]\s*(?P<n>\d+)(?![\wx\u00d7*])" + _LAYOUT, re.I
)
_CUBE = re.compile(r"(?<![\w.])(?P<m>\d+)(?:\^3|\u00b3)" + _LAYOUT, re.I)
_NAMED = re.compile(r"\b(?P<name>[mkn])\s*=\s*(?P<size>\d+)\b", re.I)


def take_shapes(text: str) -> tuple[tuple[Shape, ...], str]:
    """The shapes a text names, and the text without them."""
    found: list[tuple[int, Shape]] = []

    def take(match: re.Match[str]) -> str:
        part = match.groupdict()
        found.append((match.start(), _shape(part["m"], part.get("k"), part.get("n"), part["layout"])))
        return " " * len(match.group())  # keeps later positions, so that shapes come in the order written

    rest = _CUBE.sub(take, _TRIPLE.sub(take, text))
    named = _NAMED.findall(rest)
    if named:
        found.append((len(text), _named_shape([(name.lower(), size) for name, size in named])))
        rest = _NAMED.sub(" ", rest)
    return tuple(shape for _, shape in sorted(found, key=lambda item: item[0])), rest


def parse_shapes(text: str) -> tuple[Shape, ...]:
    """A list of shapes and nothing else: `64x64x64,1000^3 TN`."""
    shapes, rest = take_shapes(text)
    left = rest.strip(" ,;")
    if left or not shapes:
        raise RequestError(f'"{left or text}" is not a shape: write MxKxN (64x4096x64), N^3, or m=64 k=4096 n=64')
    return shapes


def _named_shape(named: list[tuple[str, str]]) -> Shape:
    sizes = dict(named)
    if len(named) != len(sizes):
        raise RequestError("m, k or n is given twice: write one shape as m=64 k=4096 n=64, several as MxKxN,MxKxN")
    missing = [name for name in "mkn" if name not in sizes]
    if missing:
        raise RequestError(f"the shape lacks {' and '.join(missing)}: write all three, m=64 k=4096 n=64")
    return _shape(sizes["m"], sizes["k"], sizes["n"], None)


def _shape(m: str, k: str | None, n: str | None, layout: str | None) -> Shape:
    chosen = (layout or "NN").upper()
    return Shape(_size(m), _size(k or m), _size(n or m), next(name for name in LAYOUTS if name == chosen))


def _size(digits: str) -> int:
    size = int(digits)
    if not 1 <= size <= SIZE_LIMIT:
        raise RequestError(f"{size} is no matrix size: m, k and n go from 1 to {SIZE_LIMIT}")
    return size
