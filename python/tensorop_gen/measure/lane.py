"""One library on one shape with one thread count: its worker, the samples of its rounds, and why it was taken out."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tensorop_gen.measure.errors import WorkerFailed
from tensorop_gen.measure.model import Result, Status
from tensorop_gen.measure.shapes import flops

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorop_gen.measure.worker import Call
    from tensorop_gen.request.model import Shape

TOLERANCE = 1.05  # clock and peak are measured to a few percent


def ratio_limit(k: int) -> float:
    """Largest element-wise error ratio of a correct product of random operands; one dropped term exceeds it."""
    return max(16.0, 4 * math.sqrt(k))


class Timed(Protocol):
    """What is timed: a library's process, or a candidate's."""

    def prepare(self, shape: Shape, seed: int, /) -> Call: ...

    def burst(self, seed: int, milliseconds: float, /) -> Call: ...


@dataclass
class Lane:
    """worker: None if the library could not be started, with the reason in `note`."""

    library: str
    threads: int
    shape_class: str
    shape: Shape
    worker: Timed | None
    note: str = ""
    status: Status = "ok"
    seconds: list[float] = field(default_factory=list)
    peak_flops: list[float] = field(default_factory=list)
    read_bytes: list[float] = field(default_factory=list)
    before: float | None = None
    after: float | None = None

    def __post_init__(self) -> None:
        if self.worker is None:
            self.status = "failed"

    @property
    def running(self) -> bool:
        return self.status == "ok"

    def prepare(self, seed: int) -> None:
        call = self._guarded(lambda worker: worker.prepare(self.shape, seed))
        if call is not None:
            self.before = call.ratio

    def burst(self, seed: int, milliseconds: float) -> None:
        call = self._guarded(lambda worker: worker.burst(seed, milliseconds))
        if call is not None:
            self.after = max(self.after or 0.0, call.ratio)
            self.seconds.append(call.seconds)

    def judge(self, flops_bound: float) -> None:
        """Takes out a speed that no processor of this kind can reach; marks one that this one cannot. The bounds are
        measured too: flops_bound is 0 where it is not known."""
        if not self.running:
            return
        speed = flops(self.shape) / statistics.median(self.seconds)
        peak = max(self.peak_flops)
        if speed > TOLERANCE * flops_bound > 0:
            bound = f"{flops_bound / 1e9:.1f} GFLOPS that the ISA allows at the highest clock seen"
            self._out("refused", f"{speed / 1e9:.1f} GFLOPS is more than the {bound}")
        elif speed > TOLERANCE * peak:
            self._out("suspicious", f"{speed / peak:.0%} of the highest measured peak: it may not do all of its work")

    def result(self) -> Result:
        return Result(
            shape_class=self.shape_class, m=self.shape.m, k=self.shape.k, n=self.shape.n, layout=self.shape.layout,
            threads=self.threads, library=self.library, status=self.status, note=self.note,
            seconds=tuple(self.seconds), peak_flops=tuple(self.peak_flops), read_bytes=tuple(self.read_bytes),
            before=self.before, after=self.after,
        )  # fmt: skip

    def _guarded(self, ask: Callable[[Timed], Call]) -> Call | None:
        """The answer if the library gave one and its result was right."""
        if self.worker is None or not self.running:
            return None
        try:
            call = ask(self.worker)
        except WorkerFailed as failure:
            self._out("failed", str(failure))
            return None
        if not call.ratio <= ratio_limit(self.shape.k):
            self._out("wrong", f"wrong result: r = {call.ratio:.3g}, and {ratio_limit(self.shape.k):.3g} is the limit")
            return None
        return call

    def _out(self, status: Status, note: str) -> None:
        self.status, self.note = status, note
