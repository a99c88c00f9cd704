"""Every action leads to a point that can be built; moved instructions keep their dependences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.tune.made_up import FACTORS, SPACE, START

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.hardware import library
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.tune.actions import ActionSpace, ConstraintError
from tensorop_gen.tune.model import Action, Point

REORDERED = [action for action in SPACE(START) if action.kind == "reorder"]


def taken(point: Point, axis: str) -> Action:
    return next(action for action in SPACE(point) if action.axis == axis)


@pytest.mark.parametrize("name", ["x86-64-v4", "armv8-a", "rv64gc", "rv64gcv"])
def test_every_target_has_every_kind_of_action(name: str) -> None:
    factors = library.load(name)
    found = ActionSpace(OPERATOR, factors)(Point(defaults(factors)))
    assert {"tiling", "unroll", "path", "reorder"} <= {action.kind for action in found}
    assert len({action.point for action in found}) == len(found)


@pytest.mark.parametrize("action", REORDERED[::40], ids=lambda a: a.name)
def test_the_author_takes_every_order(action: Action) -> None:
    """It refuses what turns a dependence round."""
    written = BuiltinAuthor().write(Request(""), FACTORS, action.point.params, action.point.order)
    assert written.key != BuiltinAuthor().write(Request(""), FACTORS, START.params).key


def test_orders_add_up_and_lead_back() -> None:
    ways = {action.point: SPACE(action.point) for action in REORDERED[::20]}
    assert any(START in {action.point for action in further} for further in ways.values())
    for here, further in ways.items():
        assert any(action.point.order not in ((), here.order) for action in further)


def test_an_order_outlives_what_does_not_change_its_kernel() -> None:
    ordered = REORDERED[0].point
    assert taken(ordered, "kc").point.order == ordered.order
    assert taken(ordered, "unroll").point.order == ()


def test_shapes_are_those_of_what_differs() -> None:
    other = Point(replace(START.params, direct_unroll=2, kc=64))
    assert set(SPACE.differing(START, other)) == {"packed", "direct"}
    assert SPACE.differing(START, taken(START, "order compute").point) == ("packed",)
    assert SPACE.differing(START, Point(replace(START.params, vectors=1))) == ("packed",)


def test_shapes_asked_for_are_the_only_ones() -> None:
    asked = ActionSpace(OPERATOR, FACTORS, shapes=(Shape(5, 6, 7),))
    other = Point(replace(START.params, direct_unroll=2, kc=64))
    assert asked.judged(START, other) == [(Shape(5, 6, 7),)]
    assert sorted(len(shapes) for shapes in SPACE.judged(START, other)) == [3, 4]


def test_what_is_fixed_stays() -> None:
    space = ActionSpace(OPERATOR, FACTORS, fixed={"kc": 64})
    start = Point(space.start(START.params))
    assert start.params.kc == 64
    assert {action.point.params.kc for action in space(start)} == {64}


@pytest.mark.parametrize(
    ("fixed", "said"),
    [
        ({"vectors": 9}, "vectors=9.*registers"),
        ({"speed": 9}, "not parameters of gemm: speed"),
        ({"kc": 0}, "at least 1"),
    ],
)
def test_an_impossible_constraint_is_refused(fixed: dict[str, int], said: str) -> None:
    with pytest.raises(ConstraintError, match=said):
        ActionSpace(OPERATOR, FACTORS, fixed=fixed).start(START.params)
