"""What the policies make of a history."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from tests.tune.made_up import START, actions

from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import JOINT, Action, Outcome, Trial
from tensorop_gen.tune.policy import FixedPolicy, RandomPolicy, make_policy

KINDS = ("tiling", "unroll")


def tried(action: Action, gain: float, reason: str = "") -> Trial:
    return Trial(1, action, START.key, START.key, Outcome(gain, reason=reason), gain > 0, gain, 0.0)


def of(axis: str, step: str) -> Action:
    return next(action for action in actions(START) if (action.axis, action.step) == (axis, step))


def test_path_history_picks_the_kind_that_paid() -> None:
    policy = HistoryPolicy()
    path = [tried(of("kc", "-128"), 0.2)] + [tried(of("unroll", "=1"), -0.1)] * 5
    chosen = Counter(policy.kind(KINDS, path) for _ in range(200))
    assert chosen["tiling"] > 180
    assert chosen["unroll"] > 0  # a kind is never given up


def test_without_history_every_kind_has_its_chance() -> None:
    policy = HistoryPolicy()
    assert set(Counter(policy.kind(KINDS, ()) for _ in range(50))) == set(KINDS)


def test_as_much_is_hoped_of_joint_changes_as_of_all_others() -> None:
    policy = HistoryPolicy()
    assert 160 < Counter(policy.kind((*KINDS, "prefetch", JOINT), ()) for _ in range(400))[JOINT] < 240
    in_vain = [tried(replace(of("kc", "-128"), kind=JOINT), -0.1)] * 9
    assert Counter(policy.kind((*KINDS, "prefetch", JOINT), in_vain) for _ in range(400))[JOINT] < 80


def test_global_history_picks_the_value_that_paid() -> None:
    smaller = of("kc", "-64")
    trials = [tried(of("kc", "-32"), -0.1), tried(of("unroll", "=1"), 0.1), tried(smaller, -0.2)]
    chosen = Counter(
        HistoryPolicy(seed).action([smaller, of("unroll", "=1")], START, trials).axis for seed in range(50)
    )
    assert chosen["unroll"] > 45


def test_fixed_takes_kinds_in_turn_and_actions_in_order() -> None:
    policy = FixedPolicy()
    assert policy.kind(KINDS, ()) == "tiling"
    assert policy.kind(KINDS, [tried(of("kc", "-32"), 0.1)]) == "unroll"
    assert policy.action(actions(START), START, ()) == actions(START)[0]


def test_random_takes_all() -> None:
    policy = RandomPolicy()
    assert {policy.action(actions(START), START, ()) for _ in range(500)} == set(actions(START))


def test_a_policy_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no tuning policy is called best: it is one of history, fixed, random"):
        make_policy("best")
