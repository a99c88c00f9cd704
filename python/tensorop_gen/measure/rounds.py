"""Rounds: those compared take turns, and the machine is measured between any two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tensorop_gen.measure.shapes import footprint

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tensorop_gen.measure.lane import Lane

ROUNDS = 7
BURST_MS = 25.0


class Rates(Protocol):
    """What the machine can do, per second: worker.Peak, or nominal.NominalPeak."""

    @property
    def flops_per_cycle(self) -> float: ...

    def flops(self, threads: int, milliseconds: float) -> float: ...

    def read(self, size: int, threads: int) -> float: ...

    def clock(self) -> float: ...

    def close(self) -> None: ...


@dataclass
class Rounds:
    """burst_ms: least time of one burst of calls. clocks: cycles per second of each round so far."""

    peak: Rates
    random: random.Random
    count: int = ROUNDS
    burst_ms: float = BURST_MS
    clocks: list[float] = field(default_factory=list)

    def play(self, lanes: Sequence[Lane], memory_bound: bool = False) -> None:
        """All rounds of one shape, in a new order each, those of one thread count together; then the judgement."""
        seed = self.random.getrandbits(63)
        for lane in lanes:
            lane.prepare(seed)
        counts = sorted({lane.threads for lane in lanes})
        for _ in range(self.count):
            self.clocks.append(self.peak.clock())
            for threads in self.random.sample(counts, len(counts)):
                turn = [lane for lane in lanes if lane.threads == threads and lane.running]
                self._turn(self.random.sample(turn, len(turn)), memory_bound)
        for lane in lanes:
            lane.judge(self.peak.flops_per_cycle * max(self.clocks) * lane.threads)

    def _turn(self, lanes: Sequence[Lane], memory_bound: bool) -> None:
        """One burst of each, paired with the mean of the machine's rates before and after it."""
        if not lanes:
            return
        seed = self.random.getrandbits(63)
        before = self._machine(lanes[0], memory_bound)
        for lane in lanes:
            lane.burst(seed, self.burst_ms)
            after = self._machine(lane, memory_bound)
            if lane.running:
                lane.peak_flops.append((before[0] + after[0]) / 2)
                if memory_bound:
                    lane.read_bytes.append((before[1] + after[1]) / 2)
            before = after

    def _machine(self, lane: Lane, memory_bound: bool) -> tuple[float, float]:
        """Flops per second, and bytes per second on the shape's footprint where that matters. Longer for long calls,
        or a moment's disturbance would be paired with a second of work."""
        milliseconds = 20.0 if lane.seconds and lane.seconds[-1] > 0.1 else 4.0
        read = self.peak.read(footprint(lane.shape), lane.threads) if memory_bound else 0.0
        return self.peak.flops(lane.threads, milliseconds), read
