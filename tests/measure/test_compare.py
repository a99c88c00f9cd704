"""The driver with libraries that are right, wrong, cheating, crashing, hanging or missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.model import Comparison
from tensorop_gen.measure.peers import Library, Missing
from tensorop_gen.measure.shapes import ShapeClass
from tensorop_gen.request.model import Shape

from .conftest import Fake

SMALL = ShapeClass("tiny", (Shape(17, 19, 23), Shape(24, 24, 24, "TN")))


def run(*libraries: Library, shapes: ShapeClass = SMALL, **options: float) -> Comparison:
    return compare(libraries, [shapes], (1,), rounds=2, burst_ms=2.0, seed=5, **options)  # type: ignore[arg-type]


def test_right_libraries_are_measured_on_every_shape(fake: Fake) -> None:
    seen: list[Shape] = []
    ours, peer = fake(), fake("CHATS")
    found = compare([ours, peer], [SMALL], (1,), 3, burst_ms=0.5, missing=[Missing("MKL", "pip")], progress=seen.append)
    assert seen == list(SMALL.shapes)
    assert [(r.library, r.status, len(r.seconds), len(r.peak_flops)) for r in found.results] == [
        ("honest", "ok", 3, 3),
        ("chats", "ok", 3, 3),
    ] * 2
    assert found.ours == "honest"
    assert [one.identity for one in found.libraries] == ["Fake 1.2 core"] * 2
    assert [one.name for one in found.missing] == ["MKL"]
    assert found.machine.isa
    assert Comparison.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("fault", ["DROPS_LAST_TERM", "SKIPS_LAST_ROW", "CACHES", "WRONG_LATER"])
def test_wrong_and_cheating_libraries_get_no_speed(fake: Fake, fault: str) -> None:
    found = run(fake(), fake(fault))
    assert {r.status for r in found.results if r.library == "honest"} == {"ok"}
    caught = [r for r in found.results if r.library == fault.lower()]
    assert {(r.status, r.gflops, r.percent_of_peak) for r in caught} == {("wrong", None, None)}


def test_a_library_that_writes_its_inputs_has_no_speed(fake: Fake) -> None:
    """Its results would be right for them."""
    found = run(fake("ZEROES"), fake())
    assert {(r.status, r.note) for r in found.results if r.library == "zeroes"} == {
        ("failed", "the library wrote into its inputs")
    }


def test_a_library_that_caches_by_a_look_at_its_inputs_is_caught_after_a_right_first_call(fake: Fake) -> None:
    caught = run(fake("CACHES")).results[0]
    assert caught.before is not None
    assert caught.before < 4
    assert "wrong result" in caught.note


def test_a_crash_is_told_and_the_next_shape_gets_a_new_process(fake: Fake) -> None:
    found = run(fake("CRASHES"), fake())
    notes = [r.note for r in found.results if r.library == "crashes"]
    assert len(notes) == 2  # the same on the second shape: its process was started again
    assert all(note.startswith('killed by SIGABRT during "burst') for note in notes)
    assert {r.status for r in found.results if r.library == "honest"} == {"ok"}


def test_a_hang_is_told(fake: Fake) -> None:
    found = run(fake("HANGS"), fake(), shapes=ShapeClass("tiny", (Shape(5, 7, 11),)), patience=1.0)
    assert [r.status for r in found.results] == ["failed", "ok"]
    assert 'no answer to "burst' in found.results[0].note


def test_what_cannot_be_opened_is_told(fake: Fake, tmp_path: Path) -> None:
    broken = tmp_path / "broken.so"
    broken.write_text("")
    found = run(Library("broken", broken), fake())
    assert {(r.status, r.note.partition(":")[0]) for r in found.results if r.library == "broken"} == {
        ("failed", "does not start")
    }
    assert [one.name for one in found.libraries] == ["honest"]


def test_a_library_for_small_products_is_not_asked_for_others(fake: Fake) -> None:
    honest = fake()
    small = Library("small", honest.path, most_flops=15_000.0)
    found = run(honest, small)
    assert [r.shape for r in found.results if r.library == "small"] == [Shape(17, 19, 23)]


def test_memory_bound_shapes_are_held_against_bandwidth(fake: Fake) -> None:
    result = run(fake(), shapes=ShapeClass("skinny", (Shape(1, 64, 64),), memory_bound=True)).results[0]
    assert len(result.read_bytes) == 2
    assert result.percent_of_bandwidth is not None
