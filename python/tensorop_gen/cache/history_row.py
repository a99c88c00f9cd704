"""One trial as it is kept: everything that is needed to go on from it, to judge it later, or to take it elsewhere."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tensorop_gen import operators
from tensorop_gen.author.model import Order
from tensorop_gen.cache.model import Plain
from tensorop_gen.tune.model import Action, Outcome, Point, Trial

SCHEMA: Literal[1] = 1


class Identity(BaseModel):
    """What a trial belongs to. search: digest of what was asked for and where it began; machine: of what it ran on,
    machine_name for people; versions: of generator, harness and compiler."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search: str
    target: str
    operator: str
    dtype: str
    machine: str
    machine_name: str
    policy: str
    seed: int
    versions: str


class Row(Identity):
    """number: of the trial in its search, from 1; kind to step: the action; point, parent, against: keys of the
    candidate, of what it was made from and of the incumbent. Gains and levels are log-ratios. date: UTC, ISO 8601."""

    schema_version: Literal[1] = SCHEMA
    number: int
    kind: str
    name: str
    axis: str
    step: str
    point: str
    parent: str
    against: str
    params: Plain
    order: Order
    gain: float
    low: float
    high: float
    noise: float
    rounds: int
    reason: str
    accepted: bool
    level: float
    parent_level: float
    date: str

    @classmethod
    def of(cls, identity: Identity, trial: Trial, date: str) -> Row:
        action, outcome = trial.action, trial.outcome
        return cls(
            **identity.model_dump(),
            number=trial.number,
            kind=action.kind,
            name=action.name,
            axis=action.axis,
            step=action.step,
            point=trial.point.key,
            parent=trial.parent,
            against=trial.against,
            params=trial.params.to_dict(),
            order=trial.point.order,
            gain=outcome.gain,
            low=outcome.low,
            high=outcome.high,
            noise=outcome.noise,
            rounds=outcome.rounds,
            reason=outcome.reason,
            accepted=trial.accepted,
            level=trial.level,
            parent_level=trial.parent_level,
            date=date,
        )

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.gain, self.low, self.high, self.reason, self.noise, self.rounds)

    def trial(self) -> Trial:
        """Raises TypeError for parameters of another release."""
        point = Point(operators.find(self.operator).params.from_dict(self.params), self.order)
        return Trial(
            self.number,
            Action(self.kind, self.name, self.axis, self.step, point),
            self.parent,
            self.against,
            self.outcome,
            self.accepted,
            self.level,
            self.parent_level,
        )
