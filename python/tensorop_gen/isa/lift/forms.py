"""The instructions that a kernel of unknown origin may consist of, as lists of what is allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tensorop_gen.isa.program import Kind


@dataclass(frozen=True, slots=True)
class Form:
    """What an instruction does. update: its destination is read as well; compares: it has none, or is only read;
    flags: they are written."""

    kind: Kind
    update: bool = False
    compares: bool = False
    flags: bool = False
    reads_flags: bool = False


Forms = Sequence[tuple[re.Pattern[str], Form]]


def forms(*rows: tuple[str, Form]) -> Forms:
    """Patterns of whole mnemonics with what these do."""
    return tuple((re.compile(pattern), form) for pattern, form in rows)


def find(mnemonic: str, allowed: Forms) -> Form | None:
    """None for what is not allowed."""
    return next((form for pattern, form in allowed if pattern.fullmatch(mnemonic)), None)
