"""A search on modelled speeds alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from tests.tune.made_up import SPACE, START, actions, speed

from tensorop_gen.request.model import Shape
from tensorop_gen.tune.model import Budget, Point
from tensorop_gen.tune.modelled import ModelledEvaluator
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import Search


class Speeds:
    """As on the made-up machine, the larger the product the faster; no unrolling by 8."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[Point, Shape]] = Counter()

    def speed(self, point: Point, shape: Shape) -> float:
        self.asked[point, shape] += 1
        if point.params.unroll == 8:
            raise ValueError("the loop is too long")
        return speed(point.params) * shape.m


def test_finds_what_the_model_says_is_faster_and_asks_once() -> None:
    model = Speeds()
    search = Search(START, actions, make_policy("history"), ModelledEvaluator(model, SPACE.judged))
    trials = list(search.run(Budget(trials=60)))
    assert speed(search.incumbent.params) > 1.1 * speed(START.params)
    assert max(model.asked.values()) == 1
    reasons = {trial.outcome.reason for trial in trials if trial.params.unroll == 8}
    assert reasons == {"not modelled: the loop is too long"}


def test_gains_of_groups_add_up() -> None:
    model = Speeds()
    slow, fast = (Point(replace(START.params, kc=kc)) for kc in (200, 400))
    one = ModelledEvaluator(model, lambda *_: [[Shape(1, 1, 1), Shape(2, 2, 2)]])(fast, slow)
    two = ModelledEvaluator(model, lambda *_: [[Shape(1, 1, 1)], [Shape(2, 2, 2)]])(fast, slow)
    assert one.gain == pytest.approx(0.5)
    assert two.gain == pytest.approx(1.0)
    assert one.low == one.gain == one.high
