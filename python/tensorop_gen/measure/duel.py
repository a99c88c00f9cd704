"""Two candidates timed in turns, round by round, for as long as somebody wants to know more."""

from __future__ import annotations

import contextlib
import math
import random
from typing import TYPE_CHECKING

from tensorop_gen.measure.candidate import SessionTimer
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.lane import Lane
from tensorop_gen.measure.sessions import timing_sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from tensorop_gen.build.candidate import Built
    from tensorop_gen.measure.rounds import Rates
    from tensorop_gen.request.model import Shape
    from tensorop_gen.run.base import Runner
    from tensorop_gen.verify.session import Session

PEAK_MS = 4.0


class Duel:
    """Use with `with`. rates: of the machine it runs on; burst_ms: least time of a burst of calls."""

    def __init__(
        self,
        challenger: Built,
        incumbent: Built,
        runner: Runner,
        shapes: Sequence[Shape],
        rates: Rates,
        burst_ms: float,
        seed: int = 0,
    ) -> None:
        self._rates, self._burst_ms = rates, burst_ms
        self._random = random.Random(seed)
        with contextlib.ExitStack() as opening:
            both = [challenger, incumbent]
            one, other = opening.enter_context(timing_sessions(both, runner, shapes, seed))
            self._stack = opening.pop_all()
        self._pairs = [(_lane("candidate", one, shape), _lane("incumbent", other, shape)) for shape in shapes]
        self._clocks: list[float] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def round(self) -> tuple[float, ...]:
        """For each shape log(challenger's speed / incumbent's), each having had one burst, in random order.

        Raises CandidateFailed (crash, hang), MeasureError (a wrong result)."""
        self._clocks.append(self._rates.clock())
        return tuple(self._compared(pair) for pair in self._pairs)

    def judge(self) -> None:
        """When all rounds are done. Raises MeasureError for a speed that cannot be."""
        for challenger, _ in self._pairs:
            challenger.judge(self._rates.flops_per_cycle * max(self._clocks))
            _require(challenger)

    def _compared(self, pair: tuple[Lane, Lane]) -> float:
        for lane in self._random.sample(pair, len(pair)):
            if not lane.seconds:
                lane.prepare(0)
            lane.burst(0, self._burst_ms)
            _require(lane)
            lane.peak_flops.append(self._rates.flops(1, PEAK_MS))
        challenger, incumbent = (lane.seconds[-1] for lane in pair)
        return math.log(incumbent / challenger)


def _require(lane: Lane) -> None:
    if not lane.running:
        raise MeasureError(f"{lane.library} on {lane.shape}: {lane.note}")


def _lane(name: str, session: Session, shape: Shape) -> Lane:
    return Lane(name, 1, "", shape, SessionTimer(session))
