"""Models whose matrix products a sentence may ask for by name: `Llama-7B shapes` (request/models.yaml)."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

from tensorop_gen.request.model import Shape
from tensorop_gen.request.shapes import parse_shapes

_FILE = Path(__file__).with_name("models.yaml")
_BEFORE = r"(?:\b(?:for|on|with|of)\s+)?(?:\b(?:the|all)\s+)?"
_AFTER = r"(?:'s)?(?:\s+(?:gemm|matrix))?(?:\s+(?:shapes?|sizes?|dimensions?))?"


def take_models(text: str) -> tuple[tuple[Shape, ...], str]:
    """The shapes of the models that a text names, and the text without them."""
    found: dict[Shape, None] = {}
    for pattern, shapes in _models():
        text, times = pattern.subn(" ", text)
        if times:
            found |= dict.fromkeys(shapes)
    return tuple(found), text


@functools.cache
def _models() -> tuple[tuple[re.Pattern[str], tuple[Shape, ...]], ...]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple((_pattern(row["names"]), parse_shapes(",".join(row["shapes"]))) for row in rows.values())


def _pattern(names: list[str]) -> re.Pattern[str]:
    """Hyphens may be spaces or nothing."""
    words = "|".join(r"[-\s_]?".join(map(re.escape, name.split("-"))) for name in names)
    return re.compile(rf"{_BEFORE}\b(?:{words})\b{_AFTER}", re.I)
