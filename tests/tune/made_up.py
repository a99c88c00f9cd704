"""A made-up machine to search on, whose speeds are known."""

from __future__ import annotations

import functools
import math

from tensorop_gen.hardware import library
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Action, Outcome, Point

FACTORS = library.load("rv64gc")
START = Point(defaults(FACTORS))
SPACE = ActionSpace(OPERATOR, FACTORS)


@functools.cache
def actions(point: Point) -> tuple[Action, ...]:
    """The parameters of packed products only: few enough to be quick."""
    return tuple(a for a in ActionSpace(OPERATOR, FACTORS, ("packed",))(point) if a.kind != "reorder")


def speed(params: GemmParams) -> float:
    """Fastest at KC = 400 with 2 k-steps a pass."""
    return math.exp(-abs(params.kc - 400) / 400 - 0.1 * abs(params.unroll - 2))


def evaluate(point: Point, incumbent: Point) -> Outcome:
    gain = math.log(speed(point.params) / speed(incumbent.params))
    return Outcome(gain, gain - 0.001, gain + 0.001, rounds=6)
