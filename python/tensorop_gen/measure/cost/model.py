"""What the model predicts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tensorop_gen.request.model import Shape

Path = Literal["packed", "direct", "direct_pack"]


class Parts(BaseModel):
    """Cycles of a whole product. loops: k-loops; tiles: what each tile needs beside its k-loop, its call among it;
    pack: PACK; memory: waiting for caches and memory; call: of the whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    loops: float
    tiles: float
    pack: float
    memory: float
    call: float

    @property
    def cycles(self) -> float:
        return self.loops + self.tiles + self.pack + self.memory + self.call


class Prediction(BaseModel):
    """One product on one core. percent: of the core's peak; gflops: at the target's highest clock, 0 where that is not
    known. loads: factor on what all accesses to memory cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["modelled"] = "modelled"
    shape: Shape
    path: Path
    loads: float
    cycles: float
    percent: float
    gflops: float
    parts: Parts
