"""Pure Monte-Carlo tree search: UCB, progressive widening, and a transposition table, as changes commute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from tensorop_gen.tune.model import JOINT, Action, Joining, Parametric, Point, Policy, Space, Trial

EXPLORATION = 0.5  # of UCB, in units of the spread of rewards
WIDTH, GROWTH = 1.0, 0.5  # a node of n visits has at most WIDTH * n ** GROWTH children
SPREAD = 0.01  # least spread of rewards (log-ratio): what lies below it is noise
DEAD_ENDS = 1000  # descents that find nothing new before the space counts as exhausted


@dataclass(eq=False)
class Node:
    """A measured point. level: log(speed / speed of the start); best: highest level below; total: of all levels that
    visits brought; children: by the action taken first; tried: trials made from here."""

    point: Point
    level: float
    visits: int = 0
    total: float = 0.0
    best: float = -math.inf
    children: dict[Point, Node] = field(default_factory=dict)
    tried: list[Trial] = field(default_factory=list)
    actions: Sequence[Action] | None = None

    @property
    def value(self) -> float:
        """A tuner is after the best, and what is measured is noisy: half of each."""
        return (self.best + self.total / self.visits) / 2

    def visited(self, level: float) -> None:
        self.visits += 1
        self.total += level
        self.best = max(self.best, level)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An action nobody has tried, and the nodes from the root to where it is taken."""

    path: tuple[Node, ...]
    action: Action


class Tree:
    """Selection and expansion by `select`; simulation is the caller's; backpropagation by `expand` and `fail`."""

    def __init__(self, start: Point, space: Space, policy: Policy) -> None:
        self.root = Node(start, 0.0)
        self.root.visited(0.0)
        self._space, self._policy = space, policy
        self._join = policy.joint if isinstance(policy, Joining) else None
        self._walked: Space = space.parameters if isinstance(space, Parametric) else space
        self._table: dict[Point, Node | None] = {start: self.root}  # None: failed, or being tried
        self._levels = [0.0]

    def select(self, trials: Sequence[Trial]) -> Leaf | None:
        """What to try next, not to be selected again until `forget`; None if nothing is left."""
        for _ in range(DEAD_ENDS):
            leaf = self._descend(trials)
            if isinstance(leaf, Leaf):
                self._table[leaf.action.point] = None
                return leaf
            for node in leaf:  # a dead end: seen again, so that others are looked at
                node.visited(leaf[-1].level)
        return None

    def revisit(self, parent: str, action: Action) -> Leaf | None:
        """Selects an action from the point with this key; None where no such point was measured, or the action was
        tried."""
        paths: list[tuple[Node, ...]] = [(self.root,)] if action.point not in self._table else []
        seen = {self.root}
        for path in paths:  # which grows, nearest first
            if path[-1].point.key == parent:
                self._table[action.point] = None
                return Leaf(path, action)
            paths += [(*path, child) for child in path[-1].children.values() if child not in seen]
            seen.update(path[-1].children.values())
        return None

    def expand(self, leaf: Leaf, trial: Trial) -> None:
        """The trial gave a speed: a new node, and its level for all above it."""
        node = Node(trial.point, trial.level)
        node.visited(trial.level)
        self._table[trial.point] = node
        self._levels.append(trial.level)
        leaf.path[-1].children[trial.point] = node
        self._backpropagate(leaf, trial, trial.level)

    def fail(self, leaf: Leaf, trial: Trial) -> None:
        """The trial gave none: as bad as the worst that there was, and never entered."""
        self._backpropagate(leaf, trial, min(self._levels))

    def forget(self, leaf: Leaf) -> None:
        """It was not tried after all."""
        del self._table[leaf.action.point]

    def _backpropagate(self, leaf: Leaf, trial: Trial, level: float) -> None:
        leaf.path[-1].tried.append(trial)
        for node in leaf.path:
            node.visited(level)

    def _descend(self, trials: Sequence[Trial]) -> Leaf | tuple[Node, ...]:
        """From the root to an action that is new, or to a dead end (the path there)."""
        path = [self.root]
        while True:
            node = path[-1]
            if len(node.children) < WIDTH * node.visits**GROWTH and (action := self._choose(path, trials)):
                known = self._table.get(action.point)
                if known is None:
                    return Leaf(tuple(path), action)
                node.children[action.point] = known  # a transposition: measured already
                path.append(known)
                continue
            below = [child for child in node.children.values() if child not in path]
            if not below:
                return tuple(path)
            path.append(max(below, key=lambda child: self._bound(child, node)))

    def _choose(self, path: Sequence[Node], trials: Sequence[Trial]) -> Action | None:
        """The policy's two decisions, among what was not done here before."""
        node = path[-1]
        if node.actions is None:
            node.actions = self._space(node.point)
        free = [action for action in node.actions if self._free(action, path)]
        if not free:
            return None
        kinds = list(dict.fromkeys(action.kind for action in free))
        history = sorted((trial for one in path for trial in one.tried), key=lambda trial: trial.number)
        kind = self._policy.kind([*kinds, JOINT] if self._join else kinds, history)
        if self._join and kind == JOINT:
            joint = self._join(node.point, self._walked, trials)
            if joint and self._free(joint, path):
                return joint
            kind = self._policy.kind(kinds, history)
        return self._policy.action([a for a in free if a.kind == kind], node.point, trials)

    def _free(self, action: Action, path: Sequence[Node]) -> bool:
        """Whether it leads to no child, nowhere on the path, and to nothing that failed or is being tried."""
        point = action.point
        closed = point in self._table and self._table[point] is None
        return not closed and point not in path[-1].children and all(point != node.point for node in path)

    def _bound(self, child: Node, parent: Node) -> float:
        """UCB1. Levels differ from log-ratios to the incumbent by what all of them have in common."""
        ordered = sorted(self._levels)
        spread = max(ordered[-1] - ordered[len(ordered) // 4], SPREAD)
        return child.value / spread + EXPLORATION * math.sqrt(math.log(parent.visits) / child.visits)
