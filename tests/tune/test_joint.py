"""Several changes at once: legal, bound by what is fixed, made of what paid, and the same for the same seed."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from tests.tune.made_up import FACTORS, SPACE, START, actions, evaluate

from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.effects import Draw, Effects
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.joint import joint
from tensorop_gen.tune.model import JOINT, Action, Budget, Outcome, Point, Space, Trial
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import Search


def tried(point: Point) -> Trial:
    level = evaluate(point, START).gain
    return Trial(1, Action("tiling", "", "", "", point), START.key, START.key, Outcome(level), False, level, 0.0)


TRIED = [
    tried(Point(replace(START.params, kc=kc, unroll=unroll)))
    for kc, unroll in itertools.product((288, 320, 352, 384, 416, 448), (1, 2, 4))
]


def taken(seed: int, space: Space = actions, trials: list[Trial] = TRIED) -> Action:
    found = HistoryPolicy(seed, START).joint(START, space, trials)
    assert found
    return found


@pytest.mark.parametrize("seed", range(3))
def test_it_can_be_built_and_is_told_in_full(seed: int) -> None:
    found = taken(seed, SPACE)
    assert not OPERATOR.problems(found.point.params, FACTORS)
    assert found.kind == JOINT
    axes = found.axis.split(" ")
    assert len(set(axes)) == len(axes) == len(found.name.split(", "))
    if "kc" in axes:
        assert f"kc={found.point.params.kc}" in found.name


def test_what_paid_alone_is_combined() -> None:
    points = [taken(seed).point.params for seed in range(20)]
    assert sum(params.unroll == 2 for params in points) > 15
    assert sum(abs(params.kc - 400) < abs(START.params.kc - 400) for params in points) > 12


def test_the_same_seed_and_trials_give_the_same() -> None:
    assert taken(1) == taken(1)
    assert len({taken(seed).point for seed in range(9)}) > 1


def test_what_is_fixed_stays_and_other_groups_are_left_alone() -> None:
    space = ActionSpace(OPERATOR, FACTORS, ("packed",), {"kc": 64})
    here = Point(space.start(START.params))
    found = [action for seed in range(5) if (action := HistoryPolicy(seed, here).joint(here, space, ()))]
    assert found
    assert {action.point.params.kc for action in found} == {64}
    assert {space.differing(here, action.point) for action in found} == {("packed",)}


def test_one_step_is_not_joint() -> None:
    alone = [next(action for action in actions(START) if action.axis == "unroll")]
    draw = Draw(Effects(), random.Random(0))
    assert joint(START, lambda point: alone if point == START else [], draw) is None
    assert joint(START, lambda _: [], draw) is None


def test_a_search_takes_joint_changes_and_tries_none_twice() -> None:
    trials = list(Search(START, actions, make_policy("history", 2), evaluate).run(Budget(trials=60)))
    assert JOINT in {trial.action.kind for trial in trials}
    assert len({START, *(trial.point for trial in trials)}) == len(trials) + 1


@pytest.mark.parametrize("policy", ["fixed", "random"])
def test_policies_that_learn_nothing_go_one_change_at_a_time(policy: str) -> None:
    trials = list(Search(START, actions, make_policy(policy, 2), evaluate).run(Budget(trials=30)))
    assert JOINT not in {trial.action.kind for trial in trials}
