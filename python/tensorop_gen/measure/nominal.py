"""A peak that is known and not measured: flops a cycle of the target, times its highest clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

    from tensorop_gen.hardware.model import HardwareFactors


@dataclass(frozen=True, slots=True)
class NominalPeak:
    """For machines whose peak the programs here cannot measure. What is not known is infinite: nothing is refused for
    being faster, and its share is 0. What is only assumed is not known: a draft's flops a cycle are the least that its
    instruction set has, and would refuse true speeds."""

    flops_per_cycle: float
    cycles: float

    @classmethod
    def of(cls, factors: HardwareFactors) -> Self:
        flops, clock = factors.flops_per_cycle, factors.clock_ghz
        return cls(
            math.inf if factors.is_assumed("vectors", "flops_per_cycle") else float(flops),
            math.inf if clock is None or factors.is_assumed("clock_ghz", "clock_ghz") else clock * 1e9,
        )

    @property
    def known(self) -> bool:
        return math.isfinite(self.flops_per_cycle * self.cycles)

    def flops(self, threads: int, milliseconds: float) -> float:  # noqa: ARG002  # nothing is run
        return threads * self.flops_per_cycle * self.cycles

    def read(self, size: int, threads: int) -> float:  # noqa: ARG002
        return math.inf

    def clock(self) -> float:
        return self.cycles

    def close(self) -> None:
        """Nothing is open."""
