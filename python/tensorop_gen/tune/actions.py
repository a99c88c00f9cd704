"""Every action from a point: changes of parameters, and instructions moved within their block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tensorop_gen.author.model import Order
from tensorop_gen.isa import target
from tensorop_gen.operators import Operator
from tensorop_gen.operators.params import Factors, Params
from tensorop_gen.operators.programs import write
from tensorop_gen.request.model import Shape
from tensorop_gen.tune.model import Action, Point
from tensorop_gen.tune.reorder import reorderings


class ConstraintError(ValueError):
    """Parameters that the user holds fixed cannot be had."""


def _new(here: Point, actions: Iterable[Action]) -> tuple[Action, ...]:
    """One for each other point."""
    return tuple({action.point: action for action in actions if action.point != here}.values())


@dataclass(frozen=True)
class ActionSpace:
    """The actions that a target allows on an operator. groups: only parameters of these groups; fixed: parameters that
    keep their value; shapes: that alone count."""

    operator: Operator[Any]
    factors: Factors
    groups: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()

    def __call__(self, point: Point) -> tuple[Action, ...]:
        return _new(point, [*self._parameters(point), *self._orders(point)])

    def parameters(self, here: Point) -> tuple[Action, ...]:
        """Those that change a parameter."""
        return _new(here, self._parameters(here))

    def start(self, params: Params) -> Any:
        """These parameters with the fixed ones as they must be. Raises ConstraintError."""
        try:
            wanted = dict(self.fixed)
            changed = self.operator.params.from_dict(params.to_dict() | wanted)
            changed = replace(self.operator.space.aligned(changed, self.factors), **wanted)
        except TypeError as error:
            raise ConstraintError(f"{error}; there are {', '.join(params.to_dict())}") from None
        if found := self.operator.problems(changed, self.factors):
            text = ", ".join(f"{name}={value}" for name, value in self.fixed.items())
            raise ConstraintError(f"nothing can be tuned with {text}: {'; '.join(found)}")
        return changed

    def judged(self, one: Point, other: Point) -> list[tuple[Shape, ...]]:
        """The shapes on which two points are held against each other: those asked for, else those of each group of
        parameters in which they differ."""
        if self.shapes:
            return [self.shapes]
        return [self.operator.space.shapes(group) for group in self.differing(one, other)]

    def differing(self, one: Point, other: Point) -> tuple[str, ...]:
        """The groups of parameters in which two points differ."""
        changed = set(self.operator.space.differing(one.params, other.params, self.factors.isa))
        loops = {role: loop.group for role, loop in self.operator.loops(one.params).items()}
        changed |= {loops[where.split(":")[0]] for where, _ in set(one.order) ^ set(other.order)}  # type: ignore[index]
        return tuple(sorted(changed))

    def _parameters(self, point: Point) -> Iterator[Action]:
        for move in self.operator.moves(point.params, self.factors):
            kept = all(getattr(move.params, name) == value for name, value in self.fixed.items())
            if kept and (not self.groups or move.group in self.groups):
                order = self._carried(point, move.params)
                yield Action(move.kind, move.name, move.axis, move.step, Point(move.params, order))

    def _orders(self, point: Point) -> Iterator[Action]:
        isa = target.find(self.factors.isa)
        programs = write(self.operator.specs(point.params, isa), isa)
        for role, loop in self.operator.loops(point.params).items():
            if role in programs and (not self.groups or loop.group in self.groups):
                yield from reorderings(point, role, programs[role], loop)

    def _carried(self, point: Point, params: Params) -> Order:
        """The order of the kernels that a change of parameters leaves as they are."""
        if not point.order:
            return ()
        isa = target.find(self.factors.isa)
        before, after = self.operator.specs(point.params, isa), self.operator.specs(params, isa)
        same = {role for role in before if after.get(role) == before[role]}
        return tuple(entry for entry in point.order if entry[0].split(":")[0] in same)
