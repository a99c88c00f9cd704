"""A section, whatever it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tensorop_gen.report.plots import Plot

Mark = Literal["measured", "emulated", "modelled"]


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others stand to the right. folded: shown when it is asked for; then it needs a
    title."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An instruction. at: the cycle of the loop's pass in which it is out of the way; cycles: that it takes of the
    pass; heat: the same as a share of the most that any line takes."""

    text: str
    operation: str
    at: float
    cycles: float
    heat: float


@dataclass(frozen=True, slots=True)
class Section:
    """missing: in one sentence how to get what is not there. lead: what the section says, in a sentence or two. marks:
    where its figures come from."""

    name: str
    title: str
    lead: str = ""
    missing: str = ""
    marks: tuple[Mark, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    listing: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
