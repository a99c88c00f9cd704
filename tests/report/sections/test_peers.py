"""Speed by shape, beside peers."""

from __future__ import annotations

import pytest
from tests.measure.samples import comparison as made_elsewhere

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.peers import section

from ..samples import FACTORS, comparison, record


def test_a_dot_for_every_speed_that_may_be_shown() -> None:
    found = section(Material("out", FACTORS, record(), comparison=comparison()))
    one, two = found.plots
    dots = {spec["name"]: spec for spec in one.spec["data"]}
    assert dots["slow"]["y"] == ["8x8x8"]  # the other result was wrong
    assert dots["ours"]["y"] == ["8x8x8", "100x100x100 TN", "1x100x100"]
    assert dots["ours"]["x"][1] == pytest.approx(50)
    assert [spec["name"] for spec in two.spec["data"]][-1] == "ours"
    assert found.marks == ("measured",)


def test_ahead_and_behind_are_counted() -> None:
    found = section(Material("out", FACTORS, record(), comparison=comparison()))
    assert "surely ahead in 2 of 3 cases, surely behind in 1" in found.lead
    assert "Measured on" not in found.lead
    away = section(Material("out", FACTORS, record(), comparison=made_elsewhere()))
    assert "Measured on Some CPU, whose caches are not" in away.lead
    assert "missing: MKL (make bench-peers)" in found.notes


def test_without_a_comparison() -> None:
    found = section(Material("my out/", FACTORS, record()))
    assert "bench 'TensorOp=my out/lib/libtensorop.so' --json bench.json" in found.missing
    assert "report 'my out' --bench bench.json" in found.missing
    assert not found.plots
