"""Trials for tests of the history."""

from __future__ import annotations

from tests.tune.made_up import START

from tensorop_gen.cache.history_row import Identity, Row
from tensorop_gen.tune.model import Action, Outcome, Point, Trial

IDENTITY = Identity(
    search="s1", target="rv64gc", operator="gemm", dtype="f32", machine="m1", machine_name="a board, 4 cores",
    policy="history", seed=0, versions="tensorop-gen 0.1",
)  # fmt: skip


def trial(number: int, reason: str = "") -> Trial:
    order = (("compute:v4n4w_loop", (1, 0, *range(2, number + 2))),)
    action = Action("reorder", "compute: every load -1", "order compute", "every load -1", Point(START.params, order))
    outcome = Outcome(0.1 / number, 0.01, 0.2, reason, 0.003, 7)
    return Trial(number, action, START.key, START.key, outcome, not reason, 0.1 / number, 0.0)


def row(number: int, **changes: str | int) -> Row:
    return Row.of(IDENTITY.model_copy(update=changes), trial(number), "2026-11-24T12:00:00+00:00")
