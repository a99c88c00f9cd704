"""Several changes at once: as far as one draw from what is believed of every value says that it gets faster."""

from __future__ import annotations

from tensorop_gen.tune.effects import Draw
from tensorop_gen.tune.model import JOINT, Action, Point, Space


def joint(here: Point, space: Space, draw: Draw) -> Action | None:
    """The walk from here that takes the best step by the draw until none improves; None where that is one step or none.

    Every step is an action of the space, so that what is fixed stays and all points are legal; each raises the sum of
    the drawn effects, so that it ends."""
    steps: list[Action] = []
    at, level = here, draw.level(here)
    while actions := space(at):
        levels = [draw.level(action.point) for action in actions]
        highest = max(levels)
        if highest <= level:
            break
        steps.append(actions[levels.index(highest)])
        at, level = steps[-1].point, highest
    if len(steps) < 2:
        return None
    names = {step.axis: step.name for step in steps}
    return Action(JOINT, ", ".join(names.values()), " ".join(names), " ".join(f"{s.axis}{s.step}" for s in steps), at)
