"""The roofline."""

from __future__ import annotations

from dataclasses import replace

from tensorop_gen.hardware.library import load
from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.roofline import section
from tensorop_gen.report.sections.speeds import modelled

from ..samples import FACTORS, record

MATERIAL = Material("out", FACTORS, record(), modelled="no model")


def test_without_a_bandwidth_that_is_said() -> None:
    bare = replace(MATERIAL, factors=FACTORS.model_copy(update={"feeds": ()}))
    assert any("No bandwidth is known" in note for note in section(bare).notes)


def test_a_cpu_that_is_not_here_is_modelled(material: Material) -> None:
    away = replace(material, record=record(measured=False), comparison=None)
    found = section(away)
    assert found.marks == ("modelled",)
    (series,) = modelled(away)
    assert all(dot.low <= dot.gflops <= dot.high for dot in series[2])


def test_no_speed_at_all() -> None:
    found = section(Material("out", load("rv64gc"), record(measured=False), modelled="Nothing is modelled: no costs."))
    assert found.missing.startswith("No speed is known: run tensorop-gen again")
    assert found.missing.endswith("no costs.")
    assert not found.plots
