"""The comparison: libraries side by side, each in a process of its own, the others stopped."""

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
from tensorop_gen.measure.model import Comparison, LibraryFacts, MachineFacts, MissingPeer, Result
from tensorop_gen.measure.rounds import BURST_MS, ROUNDS, Rounds
from tensorop_gen.measure.worker import PATIENCE, Peak, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorop_gen.measure.peers import Library, Missing
    from tensorop_gen.measure.shapes import ShapeClass
    from tensorop_gen.request.model import Shape


@dataclass
class _Contest:
    """Those compared. workers: the processes there are, by library and threads; facts: by library."""

    libraries: Sequence[Library]
    threads: Sequence[int]
    patience: float
    workers: dict[tuple[str, int], Worker] = field(default_factory=dict)
    facts: dict[str, LibraryFacts] = field(default_factory=dict)

    def results(self, rounds: Rounds, shape_class: ShapeClass, shape: Shape) -> list[Result]:
        """All rounds of one shape."""
        lanes = [
            self._lane(library, threads, shape_class.name, shape)
            for threads in self.threads
            for library in self.libraries
            if library.takes(shape)
        ]
        rounds.play(lanes, shape_class.memory_bound)
        for lane in lanes:
            if lane.status == "failed" and (lane.library, lane.threads) in self.workers:
                self.workers.pop((lane.library, lane.threads)).close()
        return [lane.result() for lane in lanes]

    def close(self) -> None:
        for worker in self.workers.values():
            worker.close()

    def _lane(self, library: Library, threads: int, shape_class: str, shape: Shape) -> Lane:
        """With its worker, started again if it failed on an earlier shape."""
        note = ""
        try:
            worker = self._worker(library, threads)
        except WorkerFailed as failure:
            worker, note = None, f"does not start: {failure}"
        return Lane(library.name, threads, shape_class, shape, worker, note)

    def _worker(self, library: Library, threads: int) -> Worker | None:
        key = (library.name, threads)
        if key not in self.workers:
            worker = self.workers[key] = Worker(library, threads, self.patience)
            self.facts[library.name] = LibraryFacts(
                name=library.name, file=library.path.name, symbol=worker.symbol, identity=worker.identity
            )
        return self.workers[key]


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

    burst_ms: least time of one burst of calls; patience: seconds after which a library counts as hung (more for large
    shapes); progress is called after each shape. Raises MeasureError, ToolMissing if nothing can be measured at all;
    a library that fails is named in its results."""
    contest = _Contest(libraries, threads, patience)
    results: list[Result] = []
    with contextlib.closing(Peak()) as peak, contextlib.closing(contest):
        play = Rounds(peak, random.Random(seed), rounds, burst_ms)
        for shape_class in classes:
            for shape in shape_class.shapes:
                results += contest.results(play, shape_class, shape)
                progress(shape)
        return _comparison(contest, play, describe(peak, play.clocks), seed, missing, results)


def _comparison(
    contest: _Contest,
    play: Rounds,
    machine: MachineFacts,
    seed: int,
    missing: Sequence[Missing],
    results: Sequence[Result],
) -> Comparison:
    facts = contest.facts
    return Comparison(
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        generator=__version__,
        seed=seed,
        rounds=play.count,
        burst_ms=play.burst_ms,
        machine=machine,
        ours=contest.libraries[0].name,
        libraries=tuple(facts[one.name] for one in contest.libraries if one.name in facts),
        missing=tuple(MissingPeer(name=one.name, reason=one.install) for one in missing),
        results=tuple(results),
    )
