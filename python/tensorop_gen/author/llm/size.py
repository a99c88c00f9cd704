"""How much a model may write, in what alphabet, and that its comments end."""

from __future__ import annotations

from tensorop_gen.isa.refused import Refused

LONGEST = 200_000  # characters
LONGEST_LINE = 2000


def check_size(text: str) -> None:
    """Raises Refused."""
    if len(text) > LONGEST:
        raise Refused("size", f"{len(text)} characters; a kernel has at most {LONGEST}")
    if max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        raise Refused("size", f"a line has at most {LONGEST_LINE} characters")
    if not text.isascii() or "\0" in text:
        raise Refused("character", "a kernel is written in ASCII")
    if text.rfind("/*") > text.rfind("*/"):
        raise Refused("comment", "the last /* has no end")
