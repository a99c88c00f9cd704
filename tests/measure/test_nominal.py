"""A peak that nobody measured bounds what is known of it, and nothing else."""

from __future__ import annotations

import math

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.measure.nominal import NominalPeak

A76 = load("cortex-a76")


def test_what_has_a_source_is_a_peak() -> None:
    peak = NominalPeak.of(A76)
    assert peak.known
    assert peak.flops(2, 1.0) == 2 * 16 * 2.4e9
    assert peak.clock() == 2.4e9


@pytest.mark.parametrize(
    ("row", "source"),
    [
        ("vectors", "assumed"),
        ("vectors", 'x9.pdf, page 3: "VLEN is 256 bits."; assumed: flops_per_cycle'),
        ("clock_ghz", "assumed"),
    ],
)
def test_what_is_assumed_is_none(row: str, source: str) -> None:
    peak = NominalPeak.of(A76.model_copy(update={"sources": A76.sources | {row: source}}))
    assert not peak.known
    assert peak.flops(1, 1.0) == peak.flops_per_cycle * peak.clock() == math.inf


def test_a_number_beside_an_assumed_one_counts() -> None:
    source = 'x9.pdf, page 3: "16 operations a cycle"; assumed: vector_bits'
    assert NominalPeak.of(A76.model_copy(update={"sources": A76.sources | {"vectors": source}})).known
