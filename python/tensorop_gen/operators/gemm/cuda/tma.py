"""The sketch for Hopper, tma.cu.j2: copy engine and wgmma, sm_90a."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from tensorop_gen.operators.gemm.cuda.variant import ELEMENT, Factors, Kind, Operands, resource_problems

WARPGROUP = 128
BOX = 128  # bytes of a row of a box, which the swizzle is made for
BARRIERS = 16  # bytes a stage
REACHED = 0.8  # share of the peak that power and clock leave on large products: assumed


@dataclass(frozen=True, slots=True)
class Tma:
    """A block computes bm x bn of C with `consumers` warpgroups from slabs of bk steps of k, `stages` in shared memory.

    cluster: blocks, neighbours along m, that share tiles of B. group: as in Simt, of clusters."""

    sketch: ClassVar[str] = "tma.cu.j2"
    kind: ClassVar[Kind] = "TMA"
    odd: ClassVar[bool] = False

    operands: Operands
    bm: int
    bn: int
    bk: int = 64
    stages: int = 4
    consumers: int = 2
    cluster: int = 2
    group: int = 8

    @property
    def name(self) -> str:
        tile = f"tma_{self.bm}x{self.bn}x{self.bk}_w{self.consumers}"
        return f"{tile}_s{self.stages}_c{self.cluster}_g{self.group}"

    @property
    def threads(self) -> int:
        return WARPGROUP * (1 + self.consumers)

    @property
    def blocks(self) -> int:
        return 1

    @property
    def shared(self) -> int:
        slabs = ELEMENT[self.operands] * self.bk * (self.bm + self.bn)
        return -(-self.stages * (slabs + BARRIERS) // 1024) * 1024  # swizzles begin at multiples of 1024 bytes

    @property
    def producer_registers(self) -> int:
        return 40 if self.consumers == 2 else 56

    @property
    def consumer_registers(self) -> int:
        """Of 65536 those that the producer leaves, at most 240: the others are the compiler's."""
        return 232 if self.consumers == 2 else 240

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def problems(self, factors: Factors) -> list[str]:
        if factors.capability != 90:
            return ["wgmma and its copies are there in compute capability 9.0 only"]
        sizes = (self.bm, self.bn, self.stages, self.cluster, self.group)
        if self.operands not in ("f16", "bf16") or min(sizes) < 1:
            return ["the sketch takes f16 and bf16, and all parameters must be at least 1"]
        return self._shape_problems() or resource_problems(self, factors) + self._register_problems()

    def _shape_problems(self) -> list[str]:
        found = []
        if self.bk * ELEMENT[self.operands] != BOX:
            found.append(f"bk must be {BOX} bytes: a row of the swizzle")
        if self.consumers not in (1, 2):
            found.append("there are registers for 1 or 2 consumers")
        elif self.bn % (64 * self.consumers):
            found.append("bn must be a multiple of 64 for each consumer: the rows of wgmma")
        if self.bm not in (64, 128, 192, 256):
            found.append("bm must be 64, 128, 192 or 256: the columns of wgmma, in boxes of 64")
        if self.bn > 256:
            found.append("bn must be at most 256: what one box holds")
        if self.cluster not in (1, 2, 4) or self.bn % (64 * self.cluster):
            found.append("cluster must be 1, 2 or 4, and bn a multiple of 64 for each of its blocks")
        if self.stages < 2:
            found.append("stages must be at least 2: one is read while one arrives")
        return found

    def _register_problems(self) -> list[str]:
        needed = self.bm * self.bn // (WARPGROUP * self.consumers) + 50
        there = self.consumer_registers
        return [f"about {needed} registers a thread: there are {there}"] if needed > there else []

    def modelled_rate(self, factors: Factors) -> float:
        """A share of the peak, less for tiles so small that wgmma waits for shared memory (128 bytes a clock)."""
        peak = factors.rate(self.operands) * REACHED
        rows = self.bn // self.consumers
        reads = 128 / ELEMENT[self.operands] * 64 * self.bm / (64 + self.bm) * min(rows / 64, 1)
        return min(peak, reads) * self.stages / (self.stages + 0.25)
