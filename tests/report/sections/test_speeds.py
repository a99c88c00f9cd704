"""What a roofline shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.measure.samples import comparison as made_elsewhere

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.speeds import bandwidths, measured, peaks

from ..samples import FACTORS, comparison, record

MATERIAL = Material("out", FACTORS, record(), modelled="no model")


def test_measured_shapes_by_threads() -> None:
    one, two = measured(MATERIAL)
    assert (one[0], two[0]) == ("1 thread", "2 threads")
    cube, _, skinny = one[2]
    assert cube.intensity == pytest.approx(64 / 6)
    assert skinny.intensity == pytest.approx(2 * 4096 / (4 * (1 + 4096 / 4 + 1)))
    assert (cube.gflops, cube.low, cube.high) == pytest.approx((30, 29.6, 30.8))


def test_the_peak_is_that_of_the_measurements() -> None:
    one, two = peaks(MATERIAL)
    assert (one.name, one.mark, two.name, two.mark) == ("peak of 1 thread", "measured", "peak of 2 threads", "measured")
    assert (one.peak, two.peak) == pytest.approx((40, 80))


def test_else_it_is_said_to_be_modelled() -> None:
    (roof,) = peaks(replace(MATERIAL, record=record(measured=False)))
    assert roof.mark == "modelled"
    assert roof.peak == pytest.approx(FACTORS.flops_per_cycle * (FACTORS.clock_ghz or 0))


def test_bandwidth_measured_before_modelled() -> None:
    assert {roof.mark for roof in bandwidths(MATERIAL)} == {"modelled"}
    found = bandwidths(replace(MATERIAL, comparison=comparison()))
    assert (found[0].mark, found[0].bandwidth) == ("measured", 10.0)
    assert "memory, one core" not in [roof.name for roof in found]
    assert bandwidths(replace(MATERIAL, comparison=made_elsewhere())) == bandwidths(MATERIAL)
