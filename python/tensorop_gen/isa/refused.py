"""Why code of unknown origin is not taken."""

from __future__ import annotations

_TOLD = 200  # characters


class Refused(ValueError):  # noqa: N818  # the code's failure
    """rule: what it breaks, in a word or two. where: the line or instruction, of which the beginning is told."""

    def __init__(self, rule: str, text: str, where: str = "") -> None:
        self.rule = rule
        self.text = text
        self.where = where
        super().__init__(f"{rule}: {text}" + (f" (at: {where[:_TOLD]})" if where else ""))
