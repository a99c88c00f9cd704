from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import cast

from tensorop_gen.measure.lane import Lane
from tensorop_gen.measure.rounds import Rounds
from tensorop_gen.measure.worker import Call, Peak
from tensorop_gen.request.model import Shape

SHAPE = Shape(10, 10, 10)


@dataclass
class Log:
    """What was asked of whom, in order."""

    lines: list[str] = field(default_factory=list)


@dataclass
class FakePeak:
    """Rates that grow by one with each question, so that pairs can be told apart."""

    log: Log
    flops_per_cycle: float = 64.0
    rate: float = 1e9

    def clock(self) -> float:
        return 3e9

    def flops(self, threads: int, _milliseconds: float) -> float:
        self.log.lines.append(f"peak {threads}")
        self.rate += 1
        return self.rate

    def read(self, size: int, threads: int) -> float:
        self.log.lines.append(f"read {size} {threads}")
        return 1e10


@dataclass
class FakeTimed:
    name: str
    log: Log
    seeds: list[int] = field(default_factory=list)

    def prepare(self, _shape: Shape, _seed: int, /) -> Call:
        return Call(1e-4, 1.0)

    def burst(self, seed: int, _milliseconds: float, /) -> Call:
        self.log.lines.append(self.name)
        self.seeds.append(seed)
        return Call(1e-4, 1.0)


def play(seed: int, count: int = 4, memory_bound: bool = False) -> tuple[Log, list[Lane]]:
    log = Log()
    lanes = [Lane(n, t, "", SHAPE, FakeTimed(f"{n}{t}", log)) for t in (1, 2) for n in ("a", "b", "c")]
    rounds = Rounds(cast("Peak", FakePeak(log)), random.Random(seed), count, 1.0)
    rounds.play(lanes, memory_bound)
    assert rounds.clocks == [3e9] * count
    return log, lanes


def test_each_round_has_everyone_once_between_peaks_of_the_same_threads() -> None:
    log, _ = play(1)
    assert len(log.lines) == 4 * 2 * 7
    for start in range(0, len(log.lines), 7):
        turn = log.lines[start : start + 7]
        threads = turn[0].removeprefix("peak ")
        assert turn[::2] == [f"peak {threads}"] * 4
        assert sorted(turn[1::2]) == [f"{name}{threads}" for name in "abc"]


def test_order_is_shuffled_by_the_seed() -> None:
    assert play(1)[0] == play(1)[0]
    assert play(1)[0] != play(2)[0]
    orders = {tuple(play(1)[0].lines[start : start + 7]) for start in range(0, 56, 7)}
    assert len(orders) > 2


def test_all_of_a_turn_get_the_same_inputs_and_each_round_new_ones() -> None:
    _, lanes = play(3)
    seeds = [cast("FakeTimed", lane.worker).seeds for lane in lanes]
    assert seeds[0] == seeds[1] == seeds[2]
    assert len(set(seeds[0])) == 4
    assert not set(seeds[0]) & set(seeds[3])


def test_a_burst_is_paired_with_the_mean_of_its_neighbours() -> None:
    _, lanes = play(1, count=1)
    paired = sorted(lane.peak_flops[0] - 1e9 for lane in lanes)
    assert paired == [1.5, 2.5, 3.5, 5.5, 6.5, 7.5]


def test_bandwidth_is_measured_on_the_footprint_only_where_it_matters() -> None:
    assert not [line for line in play(1)[0].lines if line.startswith("read")]
    log, lanes = play(1, memory_bound=True)
    assert "read 1200 2" in log.lines
    assert lanes[0].read_bytes == [1e10] * 4
