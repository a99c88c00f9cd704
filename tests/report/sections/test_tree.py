"""The tree and its best path."""

from __future__ import annotations

import random
from dataclasses import replace

from tensorop_gen.report.material import Material
from tensorop_gen.report.searches import point_of
from tensorop_gen.report.sections.tree import best_path, layout, parents, section

from ..samples import FACTORS, action, record, rows, winner

TRIALS = (
    action(1, "a", "root", 0.1, accepted=True),
    action(2, "b", "root", -0.1),
    action(3, "c", "a", 0.0, reason="crashed"),
    action(4, "d", "a", 0.2, accepted=True),
    action(5, "e", "lost", 0.1),
)


def test_who_was_made_from_whom() -> None:
    assert parents(TRIALS) == [None, None, 0, 0, None]


def test_places() -> None:
    places = layout(TRIALS)
    assert [place.depth for place in places] == [1, 1, 2, 2, 1]
    assert [place.height for place in places] == [0.5, 2, 0, 1, 3]


def test_leaves_do_not_meet() -> None:
    draw = random.Random(1)
    rows = tuple(action(n, str(n), str(draw.choice(["root", *range(1, n)])), 0.0) for n in range(1, 301))
    places = layout(rows)
    inner = {place.parent for place in places}
    leaves = [place.height for i, place in enumerate(places) if i not in inner]
    assert sorted(leaves) == list(range(len(leaves)))
    assert len({(place.depth, place.height) for place in places}) == 300


def test_the_best_path() -> None:
    assert best_path(TRIALS, "d") == [0, 3]
    assert best_path(TRIALS, "root") == []
    assert best_path(TRIALS, "unknown") == [0, 3]  # the last that was kept


def test_the_path_leads_to_the_record() -> None:
    path = best_path(rows(), point_of(record(winner())))
    assert rows()[path[-1]].params == record(winner()).params


def test_drawn() -> None:
    found = section(Material("out", FACTORS, record(winner()), rows()))
    way = found.tables[0].rows
    failed = sum(bool(row.reason) for row in rows())
    assert failed
    data = found.plots[0].spec["data"]
    assert [len(one["x"]) for one in data[2:]] == [failed, 41 - failed, len(way) + 1]
    assert f"+{100 * (2.718281828 ** rows()[int(way[-1][2]) - 1].level - 1):.1f} %" == way[-1][-1]


def test_without_a_search_or_a_gain() -> None:
    empty = Material("out", FACTORS, record())
    assert section(empty).missing
    assert "None was better" in section(replace(empty, trials=rows(1))).lead or rows(1)[0].accepted
