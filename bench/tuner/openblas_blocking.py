"""OpenBLAS's own blocking, tuned by our search (Figure 3a of the paper): python -m bench.tuner.openblas_blocking

Its kernels stay as they are. P, Q and R (rows of a block of A, depth, columns of a panel of B) are numbers in the table
of the core that OpenBLAS chose, which its driver reads in every call; they are changed in this process between calls.
The library is the one of scipy-openblas32, whose symbols tell where the table is."""

from __future__ import annotations

import argparse
import ctypes
import datetime
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tensorop_gen
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.peers import find_peers
from tensorop_gen.measure.settle import settle
from tensorop_gen.tune.built import Built
from tensorop_gen.tune.model import Action, Budget, Outcome, Point
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import WORTH, Search

SIZE = 1024
NAMES = ("p", "q", "r")
FACTORS = (0.5, 0.8, 1.25, 2.0)
_ANCHOR = "scipy_openblas_get_config"  # a symbol that is exported, to know where the library lies
_SEARCHED = 64  # integers at the head of the table among which the blocking stands
_FINAL = 63  # rounds of the winner against the start
_LIMIT = 16.0  # of |c - exact| / (eps * sum |a| |b|)


@dataclass
class OpenBlas:
    """A loaded library, on one thread. blocking: its P, Q, R, which may be written; grain: rows and columns of its
    kernel's tile."""

    library: ctypes.CDLL
    blocking: Any
    grain: tuple[int, int]

    @classmethod
    def load(cls, file: Path) -> OpenBlas:
        library = ctypes.CDLL(str(file))
        named = subprocess.run(["nm", str(file)], capture_output=True, text=True, check=True).stdout
        rows = (line.split() for line in named.splitlines())
        places = {row[2]: int(row[0], 16) for row in rows if len(row) == 3}
        known = ctypes.cast(getattr(library, _ANCHOR), ctypes.c_void_p).value
        table = ctypes.c_void_p.from_address((known or 0) - places[_ANCHOR] + places["gotoblas"]).value
        head = (ctypes.c_int * _SEARCHED).from_address(table or 0)
        place = next(i for i in range(_SEARCHED - 6) if _is_blocking(head[i : i + 6]))
        library.scipy_openblas_set_num_threads(1)
        blocking = (ctypes.c_int * 3).from_buffer(head, 4 * place)
        return cls(library, blocking, (head[place + 3], head[place + 4]))

    def sgemm(self, a: Any, b: Any, c: Any) -> None:
        """Row-major C = A B."""
        n = ctypes.c_int(SIZE)
        one, none = ctypes.c_float(1.0), ctypes.c_float(0.0)
        data = [ctypes.c_void_p(x.ctypes.data) for x in (a, b, c)]
        self.library.scipy_cblas_sgemm(101, 111, 111, n, n, n, one, data[0], n, data[1], n, none, data[2], n)


def _is_blocking(values: Sequence[int]) -> bool:
    """P, Q, R and the kernel's tile: m, n and a multiple of both."""
    p, q, r, m, n, both = values
    return 4 <= m <= 64 and 2 <= n <= 64 and 0 < both <= 64 and both % m == both % n == p % m == 0 and 64 <= q <= r


@dataclass
class Race:
    """Two blockings in turns on the same random data, new in each round; each result is checked."""

    blas: OpenBlas
    calls: int
    worst: float = 0.0

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(1)

    def __call__(self, point: Point, incumbent: Point, most: int = 31) -> Outcome:
        found = settle(lambda: self._round(point, incumbent), WORTH, most)
        return Outcome(found.gain, found.low, found.high, noise=found.noise, rounds=found.rounds)

    def _round(self, point: Point, incumbent: Point) -> float:
        a, b = (self._random.uniform(-1, 1, (SIZE, SIZE)).astype(np.float32) for _ in range(2))
        order = [point, incumbent] if self._random.random() < 0.5 else [incumbent, point]
        seconds = {one: self.seconds(one, a, b) for one in order}
        return math.log(seconds[incumbent] / seconds[point])

    def seconds(self, point: Point, a: Any, b: Any) -> float:
        """Of a call, the shortest of a burst. Raises SystemExit where the result is wrong."""
        self.blas.blocking[:] = [point.params.to_dict()[name] for name in NAMES]
        c = np.full((SIZE, SIZE), np.nan, np.float32)
        times = []
        for _ in range(self.calls + 1):
            begun = time.perf_counter()
            self.blas.sgemm(a, b, c)
            times.append(time.perf_counter() - begun)
        rows = self._random.integers(0, SIZE, 16)
        wide = a[rows].astype(np.float64), b.astype(np.float64)
        error = np.abs(c[rows] - wide[0] @ wide[1]) / (np.finfo(np.float32).eps * (np.abs(wide[0]) @ np.abs(wide[1])))
        self.worst = max(self.worst, float(error.max()))
        if not error.max() <= _LIMIT:
            sys.exit(f"OpenBLAS is wrong with {point.params.to_dict()}: r = {error.max():.3g}")
        return min(times[1:])


def point_of(values: Sequence[int]) -> Point:
    return Point(Built(tuple(zip(NAMES, values, strict=True))))


@dataclass(frozen=True)
class Space:
    """Each of P, Q, R larger or smaller, whole tiles, in the buffers that the start's blocks fill."""

    start: tuple[int, ...]
    grain: tuple[int, int]

    def __call__(self, point: Point) -> list[Action]:
        here = point.params.to_dict()
        found = []
        for name, grain in zip(NAMES, (self.grain[0], 8, self.grain[1]), strict=True):
            for factor in FACTORS:
                value = max(round(here[name] * factor / grain), 1) * grain
                there = point_of(tuple((here | {name: value}).values()))
                if there != point and self._fits(*there.params.to_dict().values()):
                    found.append(Action("tiling", f"{name}={value}", name, f"*{factor:g}", there))
        return found

    def _fits(self, p: int, q: int, r: int) -> bool:
        first = self.start
        return p * q <= first[0] * first[1] * 2 and q * r + p * q <= first[1] * first[2] + first[0] * first[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trials", type=int, default=60)
    arguments.add_argument("--calls", type=int, default=3, help="in a burst")
    given = arguments.parse_args()
    libraries, missing = find_peers(["openblas"])
    if missing:
        sys.exit(f"OpenBLAS is not there: {missing[0].install}")
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    blas = OpenBlas.load(libraries[0].path)
    race, start = Race(blas, given.calls), point_of(blas.blocking)
    search = Search(start, Space(tuple(blas.blocking), blas.grain), make_policy("history", 0), race)
    for trial in search.run(Budget(trials=given.trials)):
        gain = 100 * math.expm1(trial.outcome.gain)
        print(f"{trial.number:3d} {trial.change:8s} {gain:+6.2f} % {'*' if trial.accepted else ''}", flush=True)
    print(told(search, race, libraries[0].path.name))


def told(search: Search, race: Race, name: str) -> str:
    """The winner held against the start once more, in words."""
    final = race(search.incumbent, search.start, _FINAL)
    gain, low, high = (100 * math.expm1(value) for value in (final.gain, final.low, final.high))
    a, b = (np.random.default_rng(2).uniform(-1, 1, (SIZE, SIZE)).astype(np.float32) for _ in range(2))
    rate = 2e-9 * SIZE**3 / min(race.seconds(search.start, a, b) for _ in range(5))
    before, after = (tuple(point.params.to_dict().values()) for point in (search.start, search.incumbent))
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return (
        f"`measured` on {today}, {probe().title}, {name}, tensorop-gen {tensorop_gen.__version__}; {SIZE}^3, one "
        f"thread, {len(search.trials)} trials: P, Q, R from {before} ({rate:.1f} GFLOPS) to {after}: {gain:+.2f} % "
        f"({low:+.2f}..{high:+.2f}, {final.rounds} rounds); worst r {race.worst:.2g}"
    )


if __name__ == "__main__":
    main()
