"""The rows of a target file that say what instructions and memory cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from tensorop_gen.hardware.model import Cost, Frozen

GROUPS = (1, 2, 4, 8)  # LMUL


class Sourced(Frozen):
    """source: a key of the file's `sources`, or the word `assumed`."""

    source: str


# One number, or one for each of LMUL 1, 2, 4, 8.
ByGroup = PositiveFloat | tuple[PositiveFloat, PositiveFloat, PositiveFloat, PositiveFloat]


class CostRow(Sourced):
    insn: str
    unit: str = ""
    latency: ByGroup
    throughput: ByGroup

    def costs(self) -> Iterator[Cost]:
        """The row's costs, of each LMUL if it has several."""
        if not isinstance(self.latency, tuple) and not isinstance(self.throughput, tuple):
            yield Cost(insn=self.insn, unit=self.unit, latency=self.latency, throughput=self.throughput)
            return
        for i, group in enumerate(GROUPS):
            latency, throughput = (v[i] if isinstance(v, tuple) else v for v in (self.latency, self.throughput))
            yield Cost(insn=f"{self.insn}.m{group}", unit=self.unit, latency=latency, throughput=throughput)


class UnitRow(Sourced):
    counts: dict[str, PositiveInt]


class IssueRow(Sourced):
    width: PositiveInt
    order: Literal["in-order", "out-of-order"]
    window: PositiveInt = 1
    mispredict: Annotated[float, Field(ge=0)] = 0.0


class FeedRow(Sourced):
    """level: a cache's, 0 for the memory."""

    level: Annotated[int, Field(ge=0)]
    latency: PositiveFloat
    bytes_per_cycle: PositiveFloat


class MissRow(Sourced):
    outstanding: PositiveInt
    prefetched: bool
