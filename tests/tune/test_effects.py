"""Effects of values are learnt from trials that change several things at once."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from tests.tune.made_up import START

from tensorop_gen.tune.effects import Effects, likeness
from tensorop_gen.tune.model import Action, Outcome, Point, Trial


def at(kc: int, unroll: int) -> Point:
    return Point(replace(START.params, kc=kc, unroll=unroll))


def to(point: Point) -> Action:
    return Action("tiling", "", "kc", "", point)


def level(point: Point) -> float:
    gain: float = -abs(math.log2(point.params.kc / 128)) / 10 + 0.05 * (point.params.unroll == 8)
    return gain


def tried(point: Point, reason: str = "") -> Trial:
    return Trial(1, to(point), START.key, START.key, Outcome(reason=reason), False, level(point), level(START))


def believed(effects: Effects, point: Point, here: Point) -> float:
    return effects.believed(to(point), here)[0]


def test_effects_add_up() -> None:
    effects = Effects()
    start = at(128, 4)
    effects.learn([tried(at(kc, unroll)) for kc, unroll in itertools.product((64, 128, 256), (2, 4, 8))], start)
    assert believed(effects, at(128, 8), start) > 0.02 > abs(believed(effects, at(128, 2), start))
    assert believed(effects, at(256, 4), start) < -0.02
    assert believed(effects, at(256, 8), start) > believed(effects, at(256, 4), start)


def test_neighbouring_sizes_are_believed_to_be_alike() -> None:
    effects = Effects()
    effects.learn([tried(at(256, 4)), tried(at(64, 4))], at(128, 4))
    assert believed(effects, at(248, 4), at(128, 4)) < -0.02


def test_what_was_tried_is_known_better() -> None:
    effects = Effects()
    effects.learn([tried(at(256, 4))] * 9, at(128, 4))
    assert effects.believed(to(at(256, 4)), at(128, 4))[1] < effects.believed(to(at(128, 8)), at(128, 4))[1]


def test_a_failure_counts_as_slow() -> None:
    effects = Effects()
    effects.learn([tried(at(256, 4), "does not build")], at(128, 4))
    assert believed(effects, at(256, 4), at(128, 4)) < -0.1


def test_moves_of_instructions_are_judged_by_their_step() -> None:
    effects = Effects()
    move = Action("reorder", "", "order compute", "every load -4", at(128, 4))
    other = replace(move, step="every load +4")
    effects.learn([Trial(1, move, "", "", Outcome(0.1), True, 0.1, 0.0)], at(128, 4))
    assert effects.believed(move, at(128, 4))[0] > 0.05
    assert effects.believed(other, at(128, 4))[0] == 0


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [(64.0, 64.0, 1, 1), (64.0, 68.0, 0.9, 1), (64.0, 256.0, 0, 0.01), ("a", "b", 0, 0), (0.0, 64.0, 0, 0)],
)
def test_likeness(one: float | str, other: float | str, low: float, high: float) -> None:
    assert low <= likeness(one, other) <= high
