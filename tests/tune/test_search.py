"""The search on a made-up machine: it finds what is faster, stops in time, and resumes where it was."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from tests.tune.made_up import START, actions, evaluate, speed

from tensorop_gen.tune.model import Budget, Evaluate, Outcome, Point, Trial
from tensorop_gen.tune.policy import NAMES, make_policy
from tensorop_gen.tune.search import Search, best


def search(policy: str = "history", seed: int = 0, how: Evaluate = evaluate, **more: object) -> Search:
    return Search(START, actions, make_policy(policy, seed), how, **more)  # type: ignore[arg-type]


def run(trials: int, policy: str = "history", seed: int = 0) -> list[Trial]:
    return list(search(policy, seed).run(Budget(trials=trials)))


@pytest.mark.parametrize("policy", NAMES)
def test_ends_faster_than_it_began_and_never_slower(policy: str) -> None:
    trials = run(60, policy)
    assert speed(best(START, trials).params) > 1.1 * speed(START.params)
    incumbent = START
    for trial in trials:
        assert trial.against == incumbent.key
        if trial.accepted:
            assert speed(trial.params) > speed(incumbent.params)
            incumbent = trial.point


@pytest.mark.parametrize("policy", NAMES)
def test_same_seed_same_trials(policy: str) -> None:
    assert run(30, policy) == run(30, policy)


@pytest.mark.parametrize("policy", ["history", "random"])
def test_another_seed_other_trials(policy: str) -> None:
    assert run(30, policy) != run(30, policy, seed=1)


@pytest.mark.parametrize("policy", NAMES)
def test_no_point_is_tried_twice(policy: str) -> None:
    tried = [trial.point for trial in run(80, policy)]
    assert len({START, *tried}) == 81


def test_resumed_it_measures_only_what_is_new_and_decides_the_same() -> None:
    whole = run(30)
    recorded = {(trial.point.key, trial.against): trial.outcome for trial in whole[:20]}
    measured: list[Point] = []

    def counted(point: Point, incumbent: Point) -> Outcome:
        measured.append(point)
        return evaluate(point, incumbent)

    resumed = search(how=counted, recorded=recorded)
    assert list(resumed.run(Budget(trials=30))) == whole
    assert measured == [trial.point for trial in whole[20:]]
    assert resumed.incumbent == best(START, whole)


def test_a_failure_is_a_result_and_is_never_accepted_nor_tried_again() -> None:
    def failing(*_: object) -> Outcome:
        return Outcome(gain=9.0, low=9.0, high=9.0, reason="verify: c[0, 0] is wrong")

    trials = list(search("random", how=failing).run(Budget(trials=100)))
    assert {trial.point for trial in trials} == {action.point for action in actions(START)}  # none is entered
    assert len(trials) == len(actions(START))
    assert best(START, trials) == START
    assert all(trial.effect == -1 for trial in trials)


def test_a_gain_within_the_noise_is_not_accepted() -> None:
    def noisy(*_: object) -> Outcome:
        return Outcome(gain=0.05, low=-0.01, high=0.1)

    assert not any(t.accepted for t in search(how=noisy).run(Budget(trials=5)))


def test_several_at_once_are_different_and_judged_by_the_incumbent_of_the_end() -> None:
    at_once = search()
    proposals = [at_once.propose() for _ in range(4)]
    first, second, third, lost = (proposal for proposal in proposals if proposal)
    assert len({proposal.point for proposal in proposals if proposal}) == 4
    assert at_once.finish(first, Outcome(0.1, 0.09, 0.11)).accepted
    assert not at_once.finish(second, Outcome(0.05, 0.04, 0.06)).accepted  # faster than the start only
    assert at_once.finish(third, Outcome(0.2, 0.19, 0.21)).accepted
    assert at_once.level == pytest.approx(0.2)
    at_once.withdraw(lost)
    left = set()
    while proposal := at_once.propose():
        left.add(proposal.point)
    assert lost.point in left
    assert not left & {first.point, second.point, third.point}


def test_what_an_earlier_run_found_is_taken_over() -> None:
    """By a search that would decide otherwise."""
    earlier = run(20)
    later = search(policy="random")
    assert [later.adopt(trial) for trial in earlier] == earlier
    assert later.incumbent == best(START, earlier)
    assert later.adopt(earlier[3]) is None  # there already
    new = next(later.run(Budget(trials=21)))
    assert new.point not in {trial.point for trial in earlier}


def test_an_earlier_trial_that_hangs_in_the_air_is_not_taken_over() -> None:
    earlier = run(20)
    deep = next(trial for trial in earlier if trial.parent != START.key)
    assert search().adopt(deep) is None
    late = next(trial for trial in earlier if trial.against != START.key and trial.parent == START.key)
    assert search().adopt(late) is None


def test_levels_are_told_against_the_start() -> None:
    for trial in run(40):
        assert trial.level == pytest.approx(evaluate(trial.point, START).gain)
        assert trial.effect == pytest.approx(trial.level - trial.parent_level)


def test_stops_at_the_end_of_its_seconds() -> None:
    now = iter(range(1000))
    assert len(list(search().run(Budget(seconds=10), clock=lambda: next(now)))) == 9


def test_a_clock_on_the_wall_may_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter([0.0, 9e9, -9e9] * 100)
    monkeypatch.setattr(time, "time", lambda: next(hours))
    assert len(list(search().run(Budget(trials=5, seconds=60)))) == 5


def test_an_exhausted_space_ends_the_search() -> None:
    few: Sequence[Point] = [action.point for action in actions(START)[:5]]

    def closed(point: Point) -> list[object]:
        return [action for action in actions(point) if action.point in few]

    found = Search(START, closed, make_policy("random"), evaluate)  # type: ignore[arg-type]
    assert {trial.point for trial in found.run(Budget(trials=50))} == set(few)
