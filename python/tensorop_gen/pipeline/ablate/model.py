"""What an ablation finds: a table with its figure, and where it was taken."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

import tensorop_gen

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import HardwareFactors

Kind = Literal["measured", "emulated", "modelled", "counted"]


class Figure(BaseModel):
    """bars: one for each name; else lines: values after 1, 2, ... trials."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: str
    bars: dict[str, float] = Field(default_factory=dict)
    lines: dict[str, tuple[float, ...]] = Field(default_factory=dict)


class Ablation(BaseModel):
    """kind: what its speeds are worth. notes: what a reader of the table must know as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    kind: Kind
    machine: str
    date: str
    version: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figure: Figure
    notes: tuple[str, ...] = ()


def about(factors: HardwareFactors | None, kind: Kind) -> dict[str, str]:
    """The fields of an ablation that say where it is from. factors: None for what belongs to no machine."""
    return {
        "kind": kind,
        "machine": f"{factors.title}, {factors.cores} cores" if factors else "no machine",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "version": f"tensorop-gen {tensorop_gen.__version__}",
    }
