"""The tuning curve."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.curve import best_levels, section, state, told

from ..samples import FACTORS, HOSTILE, action, record, rows

TRIALS = (
    action(1, "kc=320", "root", 0.1, accepted=True),
    action(2, "mc=64", "root", -0.5),
    action(3, "mc=65", "kc=320", 0.0, reason=f"does not build: {HOSTILE}"),
    action(4, "kc=384", "kc=320", 0.2, accepted=True),
)
MATERIAL = Material("out", FACTORS, record(), TRIALS, searches=3)


def test_the_best_so_far() -> None:
    assert best_levels(TRIALS) == pytest.approx([0, 10.5171, 10.5171, 10.5171, 22.1403], abs=1e-3)


def test_every_trial_is_a_point_of_what_became_of_it() -> None:
    assert [state(row) for row in TRIALS] == ["kept", "not faster", "failed", "kept"]
    curve = {one["name"]: one for one in section(MATERIAL).plots[0].spec["data"]}
    assert curve["kept"]["x"] == [1, 4]
    assert curve["kept"]["error_y"]["array"] == pytest.approx([2.2326, 2.4667], abs=1e-3)
    assert curve["not faster"]["x"] == [2]
    assert curve["not faster"]["y"] == [-20.0]  # cut off, which its symbol tells
    assert curve["not faster"]["marker"]["symbol"] == ["triangle-down"]
    assert curve["failed"]["x"] == [3]
    assert curve["failed"]["y"] == [-20.0]


def test_outcomes_by_kind() -> None:
    trials = (*TRIALS, TRIALS[1].model_copy(update={"kind": "reorder", "number": 5}))
    bars = {one["name"]: one for one in section(replace(MATERIAL, trials=trials)).plots[1].spec["data"]}
    assert bars["kept"]["y"] == ["reorder", TRIALS[0].kind]
    assert bars["kept"]["x"] == [0, 2]
    assert bars["not faster"]["x"] == [1, 1]
    assert bars["failed"]["x"] == [0, 1]


def test_failures_say_why() -> None:
    (failures,) = section(MATERIAL).tables
    assert failures.rows == ((f"does not build: {HOSTILE}", "3", "1"),)
    text = told(TRIALS[2])
    assert "failed: does not build: &lt;/script&gt;&lt;img" in text
    assert "<img" not in text


def test_what_is_told_of_the_search() -> None:
    found = section(MATERIAL)
    assert "4 trials of the policy history: 2 kept, 1 not faster, 1 failed" in found.lead
    assert "+22.1 % over the start" in found.lead
    assert found.marks == ("measured",)
    assert any("2 more in the history" in note for note in found.notes)


def test_a_run_without_a_search_says_how_to_have_one() -> None:
    found = section(replace(MATERIAL, trials=(), searches=0))
    assert 'tensorop-gen "sgemm for cortex-a76" --tune 60' in found.missing
    assert not found.plots
    assert section(Material("out", FACTORS, record(), rows(3))).plots
