"""Python's side of bench/worker.c and bench/peak.c."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.process import LineProcess
from tensorop_gen.measure.shapes import flops
from tensorop_gen.measure.tools import peak_program, worker_program

if TYPE_CHECKING:
    from tensorop_gen.measure.peers import Library
    from tensorop_gen.request.model import Shape

PATIENCE = 60.0  # seconds that any answer may take
_SLOWEST = 0.5e9  # flops per second of a library that is slow, not hung
_KEPT = ("PATH", "HOME", "TMPDIR", "TENSOROP_CORETYPE")
_THREAD_COUNTS = ("OMP", "OPENBLAS", "MKL", "BLIS", "TENSOROP")


@dataclass(frozen=True, slots=True)
class Call:
    """seconds: of one call; ratio: worst element-wise r of the result checked with it."""

    seconds: float
    ratio: float


def processors(threads: int) -> list[int]:
    """The first processors this process may use; raises MeasureError when there are not so many."""
    allowed = sorted(os.sched_getaffinity(0))
    if threads > len(allowed):
        raise MeasureError(f"{threads} threads need {threads} processors, and only {len(allowed)} may be used here")
    return allowed[:threads]


class Worker:
    """One library with one thread count, in a process of its own that runs only while it is asked.

    Nothing of the caller's environment reaches it but what is listed here: settings made for this machine's everyday
    work (OPENBLAS_CORETYPE, LD_PRELOAD, thread counts) would decide the comparison."""

    def __init__(self, library: Library, threads: int, patience: float = PATIENCE) -> None:
        self.library, self.threads, self._patience = library, threads, patience
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env |= {f"{name}_NUM_THREADS": str(threads) for name in _THREAD_COUNTS} | dict(library.env)
        self._shape: Shape | None = None
        self._process = LineProcess([str(worker_program()), str(library.path)], processors(threads), env)
        try:
            self.symbol, *identity = self._process.answer(patience)
        except BaseException:
            self.close()
            raise
        self.identity = " ".join(identity)
        self._process.pause()

    @property
    def pid(self) -> int:
        return self._process.pid

    def prepare(self, shape: Shape, seed: int) -> Call:
        """Makes the operands of a shape, random from the seed, calls once and checks the result."""
        self._shape = shape
        seconds, ratio = self._ask(f"prepare {shape.m} {shape.k} {shape.n} {shape.layout} {seed}")
        return Call(float(seconds), float(ratio))

    def burst(self, seed: int, milliseconds: float) -> Call:
        """New random operands, then calls for at least that long, each with inputs that differ from the one before
        (a very short call: from the one 5 us before); the last result is checked."""
        seconds, _, ratio = self._ask(f"burst {seed} {milliseconds}")
        return Call(float(seconds), float(ratio))

    def close(self) -> None:
        self._process.close()

    def _ask(self, command: str) -> list[str]:
        work = flops(self._shape) if self._shape else 0.0
        self._process.resume()
        try:
            return self._process.ask(command, self._patience + 3 * work / _SLOWEST)
        finally:
            self._process.pause()


class Peak:
    """What the machine can do, measured on demand. Rates per second."""

    def __init__(self) -> None:
        self._cpus = processors(len(os.sched_getaffinity(0)))
        self._process = LineProcess([str(peak_program())], self._cpus)
        bound, *isa = self._process.ask("isa", PATIENCE)
        self.flops_per_cycle, self.isa = float(bound), " ".join(isa)

    def flops(self, threads: int, milliseconds: float) -> float:
        return self._rate(f"flops {threads} {milliseconds}")

    def read(self, size: int, threads: int, milliseconds: float = 20.0) -> float:
        """Bytes per second of reading `size` bytes again and again."""
        return self._rate(f"read {size} {threads} {milliseconds}")

    def clock(self, milliseconds: float = 2.0) -> float:
        """Cycles per second of one core now; 0 where it cannot be told."""
        return self._rate(f"clock {milliseconds}")

    def close(self) -> None:
        self._process.close()

    def _rate(self, command: str) -> float:
        return float(self._process.ask(command, PATIENCE)[0])
