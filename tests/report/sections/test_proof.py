"""The verification record."""

from __future__ import annotations

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.proof import section

from ..samples import FACTORS, HOSTILE, record


def test_all_that_proves_it() -> None:
    found = section(Material("my out", FACTORS, record()))
    facts = {row[0]: row[1] for row in found.tables[0].rows}
    assert facts["cases"] == "1,234"
    assert facts["level, seed"] == "quick, 7"
    assert facts["host"] == f"a CPU {HOSTILE}"
    assert facts["compiler"] == "gcc 12"
    assert facts["date"] == "2026-11-24"
    assert facts["parameters"] == "from a search of 40 trials"
    assert record().proof in facts["proof"]
    assert found.tables[1].rows == (("compute", "2.500", "99"),)
    assert found.marks == ("emulated",)
    assert found.notes[-1] == "Prove it again: tensorop-gen verify 'my out' --seed 7"


def test_a_proof_that_failed_is_told_so() -> None:
    kept = record()
    bad = kept.model_copy(update={"verification": kept.verification.model_copy(update={"passed": False})})
    assert "FAILED" in section(Material("out", FACTORS, bad)).lead
