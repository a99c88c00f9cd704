"""The first lines."""

from __future__ import annotations

from dataclasses import replace

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.headline import headline

from ..samples import FACTORS, record, rows, winner


def test_measured() -> None:
    found = headline(Material("out", FACTORS, record(winner()), rows()))
    assert (found.what, found.cpu) == ("sgemm", "cortex-a76")
    speed, share, gain, proof = found.figures
    assert (speed.value, speed.unit, speed.note, speed.mark) == (
        "30.0",
        "GFLOPS",
        "1000x1000x1000, one thread",
        "measured",
    )
    assert (share.value, share.unit) == ("75.0", "% of peak")
    assert float(gain.value) > 0
    assert gain.note == "by 40 trials, over the start"
    assert (proof.value, proof.mark) == ("1,234", "emulated")
    assert "r = 2.50" in proof.note


def test_modelled_where_nothing_was_measured(material: Material) -> None:
    speed, share, *_ = headline(replace(material, record=record(measured=False))).figures
    assert speed.note == "2048x2048x2048, one core"
    assert speed.mark == share.mark == "modelled"


def test_neither() -> None:
    (proof,) = headline(Material("out", FACTORS, record(measured=False), modelled="no costs")).figures
    assert proof.unit == "cases"
