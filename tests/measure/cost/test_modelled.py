"""docs/modelled.md says what the model says, and that is what was asked for."""

from __future__ import annotations

import re

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.measure.cost.report import LOADS
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Shape
from tensorop_gen.source import source_root

TEXT = (source_root() / "docs" / "modelled.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| [a-z\d-]+ \| \d+x\d+ .*", TEXT, re.M)
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in LINES]
AGAIN = 'tensorop-gen model "sgemm for {}" --start --shapes 1024^3 says what belongs there'


def test_all_six_cpus_are_there() -> None:
    assert {row[0] for row in ROWS} == {"spacemit-k1", "c908", "c910", "c906", "cortex-a76", "cortex-a72"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_page_says_what_the_model_says(row: list[str]) -> None:
    name, _, _, ours, judge, gflops, *shares, asked, _ = row
    factors = load(name)
    factor = 1.0 if judge == "-" else float(judge) / float(ours)
    found = [Model(factors, defaults(factors), loads=x, loop=factor).predict(Shape(1024, 1024, 1024)) for x in LOADS]
    assert [float(share) for share in shares] == pytest.approx([p.percent for p in found], abs=0.5), AGAIN.format(name)
    assert float(gflops) == pytest.approx(found[0].gflops, rel=0.01), AGAIN.format(name)
    assert found[0].percent >= float(asked)
