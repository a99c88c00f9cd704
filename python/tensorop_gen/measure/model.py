"""What a comparison yields; the JSON file is this model (schema 1). Times are kept, all else is computed from them."""

from __future__ import annotations

import statistics
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field

from tensorop_gen.measure.shapes import flops, footprint
from tensorop_gen.measure.statistics import METHOD, ratios
from tensorop_gen.request.model import Layout, Shape

Kind = Literal["measured", "emulated"]
Status = Literal["ok", "suspicious", "wrong", "failed", "refused"]
SHOWN: tuple[Status, ...] = ("ok", "suspicious")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class CacheFacts(_Frozen):
    level: int
    kind: str
    bytes: int
    ways: int
    shared_by: int


class MachineFacts(_Frozen):
    """clock_ghz: lowest and highest seen in the run (None: the ISA has no loop that tells). flops_per_cycle: the bound
    of the ISA for one core. huge_pages: the kernel's setting."""

    cpu: str
    processors: int
    caches: tuple[CacheFacts, ...]
    isa: str
    flops_per_cycle: float
    clock_ghz: tuple[float, float] | None
    kernel: str
    huge_pages: str
    virtual: bool


class LibraryFacts(_Frozen):
    """identity: what the library says of itself (name, version, kernels chosen)."""

    name: str
    file: str
    symbol: str
    identity: str


class MissingPeer(_Frozen):
    name: str
    reason: str


class Result(_Frozen):
    """One library on one shape. seconds, peak_flops, read_bytes: one value a round; the rates are those of the machine
    right beside that round's burst. before, after: worst r of the check before and after timing."""

    shape_class: str
    m: int
    k: int
    n: int
    layout: Layout
    threads: int
    library: str
    status: Status
    note: str = ""
    seconds: tuple[float, ...] = ()
    peak_flops: tuple[float, ...] = ()
    read_bytes: tuple[float, ...] = ()
    before: float | None = None
    after: float | None = None

    @property
    def shape(self) -> Shape:
        return Shape(self.m, self.k, self.n, self.layout)

    @property
    def shown(self) -> bool:
        """Whether its speed may be told: a wrong result has none."""
        return self.status in SHOWN

    @computed_field  # type: ignore[prop-decorator]
    @property
    def gflops(self) -> float | None:
        return flops(self.shape) / statistics.median(self.seconds) / 1e9 if self.shown else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def percent_of_peak(self) -> float | None:
        return self._percent(flops(self.shape), self.peak_flops)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def percent_of_bandwidth(self) -> float | None:
        """Of the bandwidth of reading the operands; None for shapes that are not memory-bound."""
        return self._percent(footprint(self.shape), self.read_bytes)

    def _percent(self, work: float, rates: tuple[float, ...]) -> float | None:
        if not self.shown or not rates:
            return None
        return 100 * statistics.median(ratios([work / s for s in self.seconds], rates))


class Comparison(_Frozen):
    """ours: the library that the others are held against. seed: of inputs and order. burst_ms: least time of one."""

    schema_version: Literal[1] = 1
    kind: Kind = "measured"
    date: str
    generator: str
    seed: int
    rounds: int
    burst_ms: float
    intervals: str = METHOD
    machine: MachineFacts
    ours: str
    libraries: tuple[LibraryFacts, ...]
    missing: tuple[MissingPeer, ...]
    results: tuple[Result, ...]

    def result(self, shape: Shape, threads: int, library: str) -> Result | None:
        key = (shape, threads, library)
        return next((r for r in self.results if (r.shape, r.threads, r.library) == key), None)
