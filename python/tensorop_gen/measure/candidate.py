"""Speed of one candidate, for the tune stage: timed by the harness that proves it."""

from __future__ import annotations

import contextlib
import random
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, model_validator

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.lane import Lane
from tensorop_gen.measure.rounds import BURST_MS, ROUNDS, Rates, Rounds
from tensorop_gen.measure.sessions import timing_sessions
from tensorop_gen.measure.shapes import flops
from tensorop_gen.measure.statistics import estimate, ratios
from tensorop_gen.measure.worker import Call, Peak
from tensorop_gen.request.model import Shape
from tensorop_gen.run.base import RunKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.build.candidate import Built
    from tensorop_gen.run.base import Runner
    from tensorop_gen.verify.session import Session

_BLUR = 0.2  # of a share of the peak: the widest interval of times worth keeping
_SHORT = 3e-4  # seconds of a call, or of several


class Measurement(BaseModel):
    """One candidate on one shape; kept with its record. threads: 1 for a candidate, which is one thread's work.

    gflops: the median of the rounds. percent_of_peak: the median of the rounds' paired ratios, and its 95 % interval.
    before, after: worst r of the results checked before and after timing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: Shape
    threads: int = 1
    kind: RunKind
    rounds: int
    gflops: float
    percent_of_peak: float
    interval: tuple[float, float]
    before: float
    after: float

    @model_validator(mode="before")
    @classmethod
    def _of_any_release(cls, values: Any) -> Any:
        """Records of earlier releases have a ratio to an incumbent, which was always null."""
        return (
            {name: value for name, value in values.items() if name != "ratio"} if isinstance(values, dict) else values
        )

    @property
    def sharp(self) -> bool:
        """Whether the interval is narrow, and no faster than the peak, which would mean a peak taken at a bad time."""
        low, high = self.interval
        return high - low <= _BLUR * self.percent_of_peak and self.percent_of_peak <= 100.0


@dataclass
class SessionTimer:
    """A harness session asked as a worker is; it makes its own random operands at each burst."""

    session: Session
    shape: Shape | None = None
    seconds: float = 0.0

    def prepare(self, shape: Shape, _seed: int, /) -> Call:
        """A single short call mostly times the way to the process and back; many of them do not."""
        self.shape = shape
        first = self._burst(1)
        if first.seconds < _SHORT:
            self._burst(int(_SHORT / first.seconds))
        return Call(self.seconds, first.ratio)

    def burst(self, _seed: int, milliseconds: float, /) -> Call:
        return self._burst(max(1, int(milliseconds * 1e-3 / self.seconds)))

    def _burst(self, calls: int) -> Call:
        assert self.shape is not None
        timing = self.session.time(self.shape, calls)
        self.seconds = timing.seconds / calls
        return Call(self.seconds, timing.worst)


def measure(
    built: Built,
    runner: Runner,
    shapes: Sequence[Shape],
    rounds: int = ROUNDS,
    *,
    burst_ms: float = BURST_MS,
    seed: int = 0,
    peak: Rates | None = None,
) -> tuple[Measurement, ...]:
    """Times a candidate on shapes, on one thread. peak: that of the machine it runs on, where it is not this one.

    Raises CandidateFailed (crash, hang, wrong result), MeasureError (a speed that cannot be, operands too large)."""
    with contextlib.ExitStack() as stack:
        play = Rounds(stack.enter_context(contextlib.closing(peak or Peak())), random.Random(seed), rounds, burst_ms)
        (session,) = stack.enter_context(timing_sessions([built], runner, shapes, seed))
        return tuple(_measurement(play, session, shape, runner.kind) for shape in shapes)


def _measurement(play: Rounds, session: Session, shape: Shape, kind: RunKind) -> Measurement:
    lane = Lane("candidate", 1, "", shape, SessionTimer(session))
    play.play([lane])
    if not lane.running:
        raise MeasureError(f"{lane.library} on {shape}: {lane.note}")
    part = estimate([100 * r for r in ratios([flops(shape) / s for s in lane.seconds], lane.peak_flops)])
    return Measurement(
        shape=shape,
        kind=kind,
        rounds=play.count,
        gflops=flops(shape) / statistics.median(lane.seconds) / 1e9,
        percent_of_peak=part.value,
        interval=(part.low, part.high),
        before=lane.before or 0.0,
        after=lane.after or 0.0,
    )
