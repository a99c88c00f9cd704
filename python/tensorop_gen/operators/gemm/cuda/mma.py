"""The sketch for Tensor Cores with mma.sync, mma.cu.j2: sm_80 and later."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from tensorop_gen.operators.gemm.cuda.variant import (
    ELEMENT,
    WARP,
    Factors,
    Kind,
    Operands,
    registers,
    resource_problems,
)

SLOWDOWN = {80: 0.88, 90: 0.55}  # share of the Tensor Cores' peak that mma.sync reaches, from a capability on: assumed


@dataclass(frozen=True, slots=True)
class Mma:
    """A block of warps_m x warps_n warps computes bm x bn of C from slabs of bk steps of k, `stages` in shared memory.

    odd: there are instances too for operands whose columns do not begin at multiples of 16 bytes. group: as in Simt."""

    sketch: ClassVar[str] = "mma.cu.j2"
    kind: ClassVar[Kind] = "MMA"
    cluster: ClassVar[int] = 1

    operands: Operands
    bm: int
    bn: int
    bk: int
    warps_m: int = 2
    warps_n: int = 2
    stages: int = 3
    blocks: int = 2
    group: int = 8
    odd: bool = False

    @property
    def name(self) -> str:
        tile = f"mma_{self.bm}x{self.bn}x{self.bk}_w{self.warps_m}x{self.warps_n}"
        return f"{tile}_s{self.stages}_b{self.blocks}_g{self.group}{'_odd' if self.odd else ''}"

    @property
    def threads(self) -> int:
        return WARP * self.warps_m * self.warps_n

    @property
    def shared(self) -> int:
        return ELEMENT[self.operands] * self.stages * self.bk * (self.bm + self.bn)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def problems(self, factors: Factors) -> list[str]:
        sizes = (self.bm, self.bn, self.bk, self.warps_m, self.warps_n, self.group)
        if self.operands == "f32" or min(sizes) < 1:
            return ["Tensor Cores take tf32, f16 and bf16, and all parameters must be at least 1"]
        return self._shape_problems() or resource_problems(self, factors) + self._register_problems(factors)

    def _shape_problems(self) -> list[str]:
        found = []
        element = ELEMENT[self.operands]
        if self.bm % (16 * self.warps_m) or self.bn % (16 * self.warps_n):
            found.append("bm and bn must be multiples of 16 for each warp")
        if self.bm * element % 128 or self.bn * element % 128:
            found.append("bm and bn must fill lines of 128 bytes")
        if self.bk * element not in (64, 128):
            found.append("bk must be 64 or 128 bytes: what the swizzles are made for")
        if self.stages < 3:
            found.append("stages must be at least 3: one is read, one arrives, one is on its way")
        return found + [
            f"{self.threads} threads cannot copy a slab of {extent} x {self.bk} in equal shares"
            for extent in {self.bm, self.bn}
            for line in (self.bk * element // 16, extent * element // 16)
            if line and (self.threads % line or extent * self.bk * element % (16 * self.threads))
        ]

    def _register_problems(self, factors: Factors) -> list[str]:
        needed, there = self._registers(), registers(self, factors)
        return [f"about {needed} registers a thread: there are {there}"] if needed > there else []

    def _registers(self) -> int:
        """Sums, two fragments of each operand, and about 40 for pointers and counters."""
        warp_m, warp_n = self.bm // self.warps_m, self.bn // self.warps_n
        return warp_m * warp_n // WARP + 2 * (warp_m + warp_n) // 4 + 40

    def modelled_rate(self, factors: Factors) -> float:
        """A share of the peak, less where shared memory (128 bytes a clock) cannot keep up with the fragments."""
        peak = factors.rate(self.operands) * max((c, s) for c, s in SLOWDOWN.items() if c <= factors.capability)[1]
        warp_m, warp_n = self.bm // self.warps_m, self.bn // self.warps_n
        reads = 128 / ELEMENT[self.operands] * warp_m * warp_n / (warp_m + warp_n)
        warps = self.blocks * self.threads / WARP
        filled = min(1.0, (warps + 4) / 12)
        return 1 / (1 / peak + 0.25 / reads) * filled
