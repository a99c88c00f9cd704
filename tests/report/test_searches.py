"""Which search a record comes from."""

from __future__ import annotations

from tensorop_gen.report.searches import point_of, search_of, start_of

from .samples import START, record, rows, winner


def test_the_search_that_found_the_candidate() -> None:
    found, searches = search_of([*rows(), *rows(8, search="s2"), *rows(target="c906", search="s3")], record(winner()))
    assert searches == 2
    assert [row.search for row in found] == ["s1"] * 40
    assert [row.number for row in found] == list(range(1, 41))
    assert any(row.accepted and row.point == point_of(record(winner())) for row in found)


def test_else_the_latest_that_began_with_it() -> None:
    late = tuple(row.model_copy(update={"date": "2027"}) for row in rows(8, search="s2"))
    found, searches = search_of([*late, *rows()], record())
    assert searches == 2
    assert {row.search for row in found} == {"s2"}
    assert start_of(found) == START.key


def test_else_none() -> None:
    other = [row.model_copy(update={"against": "0", "accepted": False}) for row in rows()]
    assert search_of(other, record()) == ((), 1)
    assert search_of([], record()) == ((), 0)
