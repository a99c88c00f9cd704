"""A kernel that came from elsewhere, whose text is its only parameter: what a language model wrote."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

from tensorop_gen.operators.gemm.cuda.variant import ELEMENT, WARP, Factors, Kind, Operands, resource_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 512  # rows, columns and steps of k of a tile


@dataclass(frozen=True, slots=True)
class Given:
    """includes: headers, as the text names them. text: device code that defines BM, BN, BK, THREADS, BLOCKS, SHARED and
    kernel<TRANS_A, TRANS_B, ODD>(args). shared: bytes. author: who wrote it, in words. share: of its instructions those
    that multiply and add, as counted in the disassembly."""

    sketch: ClassVar[str] = "given.cu.j2"
    cluster: ClassVar[int] = 1
    odd: ClassVar[bool] = True

    operands: Operands
    bm: int
    bn: int
    bk: int
    threads: int
    blocks: int
    shared: int
    includes: tuple[str, ...]
    text: str
    author: str = "nobody"
    share: float = 0.0

    @property
    def kind(self) -> Kind:
        return "SIMT" if self.operands == "f32" else "MMA"

    @property
    def name(self) -> str:
        mark = hashlib.sha256("\n".join([*self.includes, self.text]).encode()).hexdigest()[:12]
        return f"given_{self.bm}x{self.bn}x{self.bk}_{mark}"

    def by(self, author: str) -> Given:
        return replace(self, author=author)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"includes": list(self.includes)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Given:
        """Raises ValueError where something is missing, unknown or of another type."""
        known = {field.name: field.default for field in fields(cls)}
        if set(values) != set(known) or values["operands"] not in ELEMENT:
            raise ValueError(f"a kernel has {', '.join(known)}")
        if not all(type(values[name]) is int for name in ("bm", "bn", "bk", "threads", "blocks", "shared")):
            raise ValueError("the sizes of a kernel are whole numbers")
        return cls(**dict(values) | {"includes": tuple(map(str, values["includes"])), "text": str(values["text"])})

    def problems(self, factors: Factors) -> list[str]:
        if min(self.bm, self.bn, self.bk, self.threads, self.blocks) < 1 or self.shared < 0:
            return ["BM, BN, BK, THREADS and BLOCKS must be at least 1"]
        if max(self.bm, self.bn, self.bk) > MOST:
            return [f"BM, BN and BK are at most {MOST}"]
        if self.threads % WARP:
            return ["THREADS must be a multiple of 32"]
        return resource_problems(self, factors)

    def modelled_rate(self, factors: Factors) -> float:
        """To rank it until it is measured: the peak times the share of its text. 0 where nothing was counted."""
        return factors.rate(self.operands) * self.share
