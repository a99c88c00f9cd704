"""The comparison: libraries take turns, round by round, each in a process of its own, the others stopped."""

from __future__ import annotations

import contextlib
import datetime
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen import __version__
from tensorop_gen.measure.errors import WorkerFailed
from tensorop_gen.measure.lane import Lane
from tensorop_gen.measure.machine import describe
from tensorop_gen.measure.model import Comparison, LibraryFacts, MissingPeer
from tensorop_gen.measure.shapes import footprint
from tensorop_gen.measure.worker import PATIENCE, Peak, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tensorop_gen.measure.peers import Library, Missing
    from tensorop_gen.measure.shapes import ShapeClass
    from tensorop_gen.request.model import Shape

ROUNDS = 7
BURST_MS = 25.0


@dataclass
class _Run:
    """The state of one comparison. workers: those running, by library name and threads; clocks: cycles per second."""

    peak: Peak
    libraries: Sequence[Library]
    threads: Sequence[int]
    rounds: int
    burst_ms: float
    patience: float
    random: random.Random
    workers: dict[tuple[str, int], Worker] = field(default_factory=dict)
    facts: dict[str, LibraryFacts] = field(default_factory=dict)
    clocks: list[float] = field(default_factory=list)

    def lane(self, library: Library, threads: int, shape_class: ShapeClass, shape: Shape) -> Lane:
        """With its worker, started again if it failed on an earlier shape."""
        key = (library.name, threads)
        note = ""
        if key not in self.workers:
            try:
                worker = Worker(library, threads, self.patience)
                self.workers[key] = worker
                self.facts[library.name] = LibraryFacts(
                    name=library.name, file=library.path.name, symbol=worker.symbol, identity=worker.identity
                )
            except WorkerFailed as failure:
                note = f"does not start: {failure}"
        return Lane(library.name, threads, shape_class.name, shape, self.workers.get(key), note)

    def drop_failed(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            if lane.status == "failed" and lane.worker is not None:
                lane.worker.close()
                self.workers.pop((lane.library, lane.threads), None)

    def shape(self, shape_class: ShapeClass, shape: Shape) -> list[Lane]:
        """All rounds of one shape."""
        lanes = [
            self.lane(library, threads, shape_class, shape)
            for threads in self.threads
            for library in self.libraries
            if library.takes(shape)
        ]
        seed = self.random.getrandbits(63)
        for lane in lanes:
            lane.prepare(seed)
        for _ in range(self.rounds):
            self.clocks.append(self.peak.clock())
            for threads in self.random.sample(self.threads, len(self.threads)):
                turn = [lane for lane in lanes if lane.threads == threads and lane.running]
                self.turn(self.random.sample(turn, len(turn)), shape_class.memory_bound)
        self.drop_failed(lanes)
        for lane in lanes:
            lane.judge(self.peak.flops_per_cycle * max(self.clocks) * lane.threads)
        return lanes

    def turn(self, lanes: Sequence[Lane], memory_bound: bool) -> None:
        """One burst of each, between two measurements of the machine, whose mean it is paired with."""
        if not lanes:
            return
        seed = self.random.getrandbits(63)
        before = self.machine(lanes[0], memory_bound)
        for lane in lanes:
            lane.burst(seed, self.burst_ms)
            after = self.machine(lane, memory_bound)
            if lane.running:
                lane.peak_flops.append((before[0] + after[0]) / 2)
                if memory_bound:
                    lane.read_bytes.append((before[1] + after[1]) / 2)
            before = after

    def machine(self, lane: Lane, memory_bound: bool) -> tuple[float, float]:
        """Flops per second, and bytes per second on the shape's footprint where that matters."""
        read = self.peak.read(footprint(lane.shape), lane.threads) if memory_bound else 0.0
        return self.peak.flops(lane.threads), read


def compare(
    libraries: Sequence[Library],
    classes: Sequence[ShapeClass],
    threads: Sequence[int] = (1,),
    rounds: int = ROUNDS,
    *,
    missing: Sequence[Missing] = (),
    seed: int = 1,
    burst_ms: float = BURST_MS,
    patience: float = PATIENCE,
    progress: Callable[[Shape], None] = lambda _: None,
) -> Comparison:
    """Compares the libraries, the first being the one that the others are held against.

    burst_ms: least time of one burst of calls; patience: seconds after which a library counts as hung; progress is
    called after each shape. Raises MeasureError if nothing can be measured at all."""
    with _run(libraries, threads, rounds, burst_ms, patience, seed) as run:
        results = []
        for shape_class in classes:
            for shape in shape_class.shapes:
                results += [lane.result() for lane in run.shape(shape_class, shape)]
                progress(shape)
        return Comparison(
            date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            generator=__version__,
            seed=seed,
            rounds=rounds,
            burst_ms=burst_ms,
            machine=describe(run.peak, run.clocks),
            ours=libraries[0].name,
            libraries=tuple(run.facts[one.name] for one in libraries if one.name in run.facts),
            missing=tuple(MissingPeer(name=one.name, reason=one.install) for one in missing),
            results=tuple(results),
        )


@contextlib.contextmanager
def _run(
    libraries: Sequence[Library], threads: Sequence[int], rounds: int, burst_ms: float, patience: float, seed: int
) -> Iterator[_Run]:
    """All processes end with it, whatever happens."""
    with contextlib.ExitStack() as stack:
        peak = Peak()
        stack.callback(peak.close)
        run = _Run(peak, libraries, threads, rounds, burst_ms, patience, random.Random(seed))
        stack.callback(lambda: [worker.close() for worker in run.workers.values()])
        yield run
