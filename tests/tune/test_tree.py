"""The tree on points that are pairs of numbers: transpositions, widening, backpropagation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.tune.made_up import START

from tensorop_gen.tune.model import JOINT, Action, Outcome, Point, Space, Trial
from tensorop_gen.tune.policy import FixedPolicy
from tensorop_gen.tune.tree import GROWTH, WIDTH, Leaf, Tree

SIDE = 3


def at(x: int, y: int) -> Point:
    return Point(replace(START.params, kc=x + 1, unroll=y + 1))


def space(point: Point) -> list[Action]:
    """One step right or up, SIDE at most: every square has two ways round."""
    x, y = point.params.kc - 1, point.params.unroll - 1
    steps = [("x", x + 1, y)] * (x < SIDE) + [("y", x, y + 1)] * (y < SIDE)
    return [Action(axis, f"{axis}+1", axis, "+1", at(to_x, to_y)) for axis, to_x, to_y in steps]


def trial(number: int, leaf: Leaf, level: float, reason: str = "") -> Trial:
    parent = leaf.path[-1]
    return Trial(number, leaf.action, parent.point.key, "", Outcome(level, reason=reason), False, level, parent.level)


def grown(level: float = 0.0) -> tuple[Tree, list[Trial]]:
    """A tree that has tried all there is."""
    tree = Tree(at(0, 0), space, FixedPolicy())
    trials: list[Trial] = []
    while leaf := tree.select(trials):
        trials.append(trial(len(trials) + 1, leaf, level))
        tree.expand(leaf, trials[-1])
    return tree, trials


def test_every_point_is_tried_once_though_many_ways_lead_there() -> None:
    tree, trials = grown()
    assert len(trials) == (SIDE + 1) ** 2 - 1
    assert len({trial.point for trial in trials}) == len(trials)
    right, up = (tree.root.children[at(*place)] for place in ((1, 0), (0, 1)))
    assert right.children[at(1, 1)] is up.children[at(1, 1)]


def test_a_level_reaches_every_node_on_the_path() -> None:
    tree = Tree(at(0, 0), space, FixedPolicy())
    for number in range(1, 5):
        leaf = tree.select([])
        assert leaf is not None
        tree.expand(leaf, trial(number, leaf, 0.1 * number))
        for node in leaf.path:
            assert node.best == 0.1 * number
    assert tree.root.visits == 5
    assert abs(tree.root.total - 1.0) < 1e-9


def test_a_failure_is_never_entered_nor_proposed_again() -> None:
    tree = Tree(at(0, 0), space, FixedPolicy())
    leaf = tree.select([])
    assert leaf is not None
    tree.fail(leaf, trial(1, leaf, 0.0, "does not build"))
    others = []
    while found := tree.select([]):
        others.append(found.action.point)
        tree.expand(found, trial(len(others), found, 0.0))
    assert leaf.action.point not in others
    assert len(others) == (SIDE + 1) ** 2 - 1 - SIDE  # the rest of its row has no other way


def test_nodes_widen_as_they_are_visited() -> None:
    wide = [Action("x", str(i), "x", str(i), at(i, 0)) for i in range(1, 500)]
    tree = Tree(at(0, 0), lambda point: wide if point == at(0, 0) else [], FixedPolicy())
    for number in range(1, 50):
        leaf = tree.select([])
        assert leaf is not None
        tree.expand(leaf, trial(number, leaf, 0.0))
        assert len(tree.root.children) <= WIDTH * tree.root.visits**GROWTH + 1


def test_the_better_branch_gets_the_visits() -> None:
    tree = Tree(at(0, 0), space, FixedPolicy())
    for number in range(1, 9):
        leaf = tree.select([])
        assert leaf is not None
        tree.expand(leaf, trial(number, leaf, 0.5 if leaf.action.point.params.kc > 1 else -0.5))
    assert tree.root.children[at(1, 0)].visits > tree.root.children[at(0, 1)].visits


class Diagonal(FixedPolicy):
    """Wants two steps at once, always to the same square."""

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:
        return JOINT if JOINT in kinds else super().kind(kinds, path)

    def joint(self, here: Point, space: Space, trials: Sequence[Trial]) -> Action | None:  # noqa: ARG002
        return Action(JOINT, "", "", "", at(1, 1))


def test_a_joint_change_that_failed_is_left_for_a_single_one() -> None:
    tree = Tree(at(0, 0), space, Diagonal())
    first = tree.select([])
    assert first is not None
    assert first.action.point == at(1, 1)
    tree.fail(first, trial(1, first, 0.0, "does not build"))
    second = tree.select([])
    assert second is not None
    assert second.action.point in (at(1, 0), at(0, 1))


def test_a_joint_change_to_a_measured_point_is_a_transposition() -> None:
    tree = Tree(at(0, 0), space, Diagonal())
    first = tree.select([])
    assert first is not None
    tree.expand(first, trial(1, first, -0.5))
    for number in range(2, 8):  # the better branch is entered, and the square is wanted from there too
        leaf = tree.select([])
        assert leaf is not None
        tree.expand(leaf, trial(number, leaf, 0.5))
    known = tree.root.children[at(1, 1)]
    assert any(child.children.get(at(1, 1)) is known for child in tree.root.children.values() if child is not known)
