"""Which search of the history a record comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.tune.model import Point

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorop_gen.cache.history_row import Row
    from tensorop_gen.cache.model import Record

Trials = tuple["Row", ...]


def search_of(rows: Iterable[Row], record: Record) -> tuple[Trials, int]:
    """The latest search in which the record's candidate won a trial, else the latest that began with it, else none; and
    how many searches there are for the target. Raises TypeError for parameters of another release."""
    groups: dict[tuple[str, str, str, int], list[Row]] = {}
    for row in rows:
        if (row.target, row.operator, row.dtype) == (record.cpu, record.operator, record.dtype):
            groups.setdefault((row.search, row.machine, row.policy, row.seed), []).append(row)
    searches = [tuple(sorted(group, key=lambda row: row.number)) for group in groups.values()]
    wanted = point_of(record)
    found = [one for one in searches if any(row.accepted and row.point == wanted for row in one)]
    found = found or [one for one in searches if start_of(one) == wanted]
    return max(found, key=lambda one: max(row.date for row in one), default=()), len(searches)


def point_of(record: Record) -> str:
    """The key that trials name the record's candidate by."""
    return Point(operators.find(record.operator).params.from_dict(record.params), record.order).key


def start_of(trials: Trials) -> str:
    """The key of the candidate that a search began with: its first incumbent."""
    return trials[0].against
