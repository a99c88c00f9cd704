"""The kernel, line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tensorop_gen.report.material import Material
from tensorop_gen.report.sections.assembly import listing, section


def test_cycles_add_up_to_the_pass(material: Material) -> None:
    assert not isinstance(material.modelled, str)
    loop, lines = material.modelled.loop, section(material).listing
    assert len(lines) == len(loop.lines)
    params = material.record.params
    assert sum(line.operation == "fmla" for line in lines) == params["unroll"] * params["vectors"] * params["nr"]
    assert lines[-1].at == pytest.approx(sum(line.cycles for line in loop.lines))
    assert max(line.heat for line in lines) == 1.0
    assert {"fmla", "ldr", "b.ge"} & {line.operation for line in lines}
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_loop_that_takes_no_time(material: Material) -> None:
    assert not isinstance(material.modelled, str)
    free = tuple(line.model_copy(update={"cycles": 0.0}) for line in material.modelled.loop.lines)
    assert {line.heat for line in listing(material.modelled.loop.model_copy(update={"lines": free}))} == {0.0}


def test_the_judge_or_why_there_is_none(material: Material) -> None:
    assert not isinstance(material.modelled, str)
    loop = material.modelled.loop.model_copy(update={"judge": 24.0, "judge_cpu": "neoverse-n1"})
    judged = material.modelled.model_copy(update={"loop": loop})
    assert (
        "llvm-mca for neoverse-n1, which counts: 24.00 cycles, 50.0 %"
        in section(replace(material, modelled=judged)).lead
    )
    loop = loop.model_copy(update={"judge": None, "judge_missing": "no llvm-mca\ninstall it with: x"})
    alone = material.modelled.model_copy(update={"loop": loop})
    assert section(replace(material, modelled=alone)).lead.endswith("llvm-mca was not asked: no llvm-mca.")


def test_without_a_model(material: Material) -> None:
    found = section(replace(material, modelled="Nothing is modelled: no costs."))
    assert found.missing == "Nothing is modelled: no costs."
    assert not found.listing
