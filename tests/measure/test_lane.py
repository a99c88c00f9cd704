from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tensorop_gen.measure.errors import WorkerFailed
from tensorop_gen.measure.lane import Lane, ratio_limit
from tensorop_gen.measure.worker import Call
from tensorop_gen.request.model import Shape

SHAPE = Shape(100, 100, 100)  # 2 million flops


@dataclass
class Scripted:
    """Answers in turn; an exception is raised."""

    answers: list[Call | WorkerFailed]
    asked: list[str] = field(default_factory=list)

    def prepare(self, _shape: Shape, _seed: int, /) -> Call:
        return self._next("prepare")

    def burst(self, _seed: int, _milliseconds: float, /) -> Call:
        return self._next("burst")

    def _next(self, what: str) -> Call:
        self.asked.append(what)
        answer = self.answers.pop(0)
        if isinstance(answer, WorkerFailed):
            raise answer
        return answer


def lane(*answers: Call | WorkerFailed) -> Lane:
    return Lane("lib", 1, "mid", SHAPE, Scripted(list(answers)))


def played(*answers: Call | WorkerFailed) -> Lane:
    one = lane(*answers)
    one.prepare(1)
    for seed in range(len(answers) - 1):
        one.burst(seed, 1.0)
        if one.running:
            one.peak_flops.append(1e9)
    return one


def test_one_dropped_term_exceeds_the_limit() -> None:
    """A term is about 1 / k of the sum of all k."""
    assert ratio_limit(4) == 16
    assert ratio_limit(4096) == 256
    assert ratio_limit(4096) < 1 / (2**-23 * 4096)


def test_samples_of_a_right_library() -> None:
    result = played(Call(1e-3, 1.0), Call(2e-3, 3.0), Call(4e-3, 2.0)).result()
    assert (result.status, result.before, result.after) == ("ok", 1.0, 3.0)
    assert result.seconds == (2e-3, 4e-3)
    assert result.gflops == pytest.approx(2e6 / 3e-3 / 1e9)
    assert result.percent_of_peak == pytest.approx(75.0)


@pytest.mark.parametrize("ratio", [1e6, float("inf"), float("nan")])
def test_a_wrong_result_has_no_speed(ratio: float) -> None:
    one = played(Call(1e-3, 1.0), Call(1e-9, ratio))
    one.judge(1e12)
    result = one.result()
    assert result.status == "wrong"
    assert "wrong result: r = " in result.note
    assert result.gflops is None
    assert result.percent_of_peak is None


def test_no_burst_after_a_wrong_first_call() -> None:
    worker = Scripted([Call(1e-3, 99.0)])
    one = Lane("lib", 1, "mid", SHAPE, worker)
    one.prepare(1)
    one.burst(1, 1.0)
    assert worker.asked == ["prepare"]
    assert one.status == "wrong"


def test_a_failure_is_told() -> None:
    result = played(Call(1e-3, 1.0), WorkerFailed("killed by SIGSEGV")).result()
    assert (result.status, result.note, result.gflops) == ("failed", "killed by SIGSEGV", None)


def test_a_library_that_does_not_start() -> None:
    one = Lane("lib", 1, "mid", SHAPE, None, "does not start: why")
    one.prepare(1)
    one.judge(1e12)
    assert (one.result().status, one.result().note) == ("failed", "does not start: why")


def test_more_than_the_isa_allows_is_refused() -> None:
    one = played(Call(1e-3, 1.0), Call(1e-3, 1.0))  # 2 GFLOPS
    one.judge(1.8e9)
    result = one.result()
    assert result.status == "refused"
    assert result.gflops is None
    assert "2.0 GFLOPS is more than the 1.8 GFLOPS" in result.note


def test_more_than_the_measured_peak_is_suspicious() -> None:
    one = played(Call(1e-3, 1.0), Call(1e-3, 1.0))  # of a peak of 1 GFLOPS
    one.judge(1e12)
    result = one.result()
    assert result.status == "suspicious"
    assert "200% of the highest measured peak" in result.note
    assert result.gflops == pytest.approx(2.0)


def test_a_disturbed_peak_makes_no_speed_suspicious() -> None:
    one = played(*[Call(1e-3, 1.0)] * 4)
    one.peak_flops[:] = [0.5e9, 0.5e9, 2e9]
    one.judge(2e9)
    assert one.status == "ok"


def test_without_a_known_clock_no_bound() -> None:
    one = played(Call(1e-3, 1.0), Call(2e-3, 1.0))
    one.judge(0.0)
    assert one.status == "ok"
