"""The f32 sketch for CUDA cores, simt.cu.j2."""

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

LATENCY = 4  # clocks from one multiply-add to the next that needs it
SCHEDULERS = 4  # of a multiprocessor
OVERHEAD = 44  # instructions a thread spends on a slab beside its arithmetic and its copies


@dataclass(frozen=True, slots=True)
class Simt:
    """A block computes bm x bn of C, a thread tm x tn in groups of four rows, from slabs of bk steps of k.

    lanes_m: lanes of a warp side by side along m. stages: slabs in shared memory, each row `pad` floats longer than the
    tile. group: tiles of C along m that neighbouring blocks take before they go on along n."""

    sketch: ClassVar[str] = "simt.cu.j2"
    kind: ClassVar[Kind] = "SIMT"
    cluster: ClassVar[int] = 1
    odd: ClassVar[bool] = True
    operands: ClassVar[Operands] = "f32"

    bm: int
    bn: int
    bk: int
    tm: int
    tn: int
    stages: int = 4
    lanes_m: int = 8
    blocks: int = 2
    group: int = 8
    pad: int = 4

    @property
    def name(self) -> str:
        tile = f"simt_{self.bm}x{self.bn}x{self.bk}_{self.tm}x{self.tn}"
        return f"{tile}_l{self.lanes_m}_s{self.stages}_b{self.blocks}_g{self.group}_p{self.pad}"

    @property
    def threads(self) -> int:
        return self.bm * self.bn // (self.tm * self.tn)

    @property
    def shared(self) -> int:
        return ELEMENT["f32"] * self.stages * self.bk * (self.bm + self.bn + 2 * self.pad)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def problems(self, factors: Factors) -> list[str]:
        if min(self.to_dict().values()) < 1:
            return ["all parameters must be at least 1"]
        return self._shape_problems() or resource_problems(self, factors) + self._register_problems(factors)

    def _shape_problems(self) -> list[str]:
        found = []
        if self.tm % 4 or self.tn % 4 or self.pad % 4:
            found.append("tm, tn and pad must be multiples of 4: shared memory is read by four floats")
        if WARP % self.lanes_m:
            found.append(f"lanes_m must divide {WARP}")
        elif self.bm % (self.tm * self.lanes_m) or self.bn % (self.tn * WARP // self.lanes_m):
            found.append("bm and bn must be multiples of a warp's tile")
        if self.bk % 8 or self.bk < 8:
            found.append("bk must be a multiple of 8: a transposing warp reads 8 steps of k")
        if self.stages < 3:
            found.append("stages must be at least 3: one is read, one arrives, one is on its way")
        return found + [
            f"{self.threads} threads cannot copy a slab of {extent} x {self.bk} in equal shares"
            for extent in {self.bm, self.bn}
            for width in (1, 4)
            if not _even_shares(self.threads, extent, width, self.bk)
        ]

    def _register_problems(self, factors: Factors) -> list[str]:
        needed, there = self._registers(), registers(self, factors)
        return [f"about {needed} registers a thread: there are {there}"] if needed > there else []

    def _registers(self) -> int:
        """Sums, two fragments of each operand, and about 28 for pointers and counters."""
        return self.tm * self.tn + 2 * (self.tm + self.tn) + 28

    def modelled_rate(self, factors: Factors) -> float:
        """Multiply-adds share the issue slots with loads and copies; few warps leave slots empty."""
        arithmetic = self.bk * self.tm * self.tn
        loads = self.bk * (self.tm + self.tn) // 4
        copies = 2 * self.bk * (self.bm + self.bn) // (4 * self.threads) + self.bk * self.bn // self.threads
        warps = self.blocks * self.threads / WARP / SCHEDULERS
        filled = min(
            1.0, (warps + 2) / (LATENCY + 1)
        )  # independent sums give a warp more than one instruction to issue
        return factors.rate("f32") * arithmetic / (arithmetic + loads + copies + OVERHEAD) * filled


def _even_shares(threads: int, extent: int, width: int, bk: int) -> bool:
    """Whether the copies of operand.cuh come out even, along e (by `width`) and along k, and transposing ones too."""
    across = min(extent // width, threads)
    plain = threads % across == 0 and extent % (across * width) == 0 and bk % (threads // across) == 0
    return plain and threads % 8 == 0 and extent % (threads // 8) == 0
