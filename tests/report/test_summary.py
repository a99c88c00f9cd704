from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensorop_gen.cache.model import Provenance, Record
from tensorop_gen.hardware.library import load
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.report.record import record_files
from tensorop_gen.report.summary import WIDTH, as_json, as_text, summarise
from tensorop_gen.request.model import Shape
from tensorop_gen.verify import Verification

FACTORS = load("x86-64-v3")


@pytest.fixture
def record() -> Record:
    shapes = (Shape(64, 4096, 64), Shape(1000, 1000, 1000, "TN"))
    speeds = [
        Measurement(shape=shape, kind="measured", rounds=7, gflops=155.04, percent_of_peak=88.0, interval=(87.0, 89.5),
                    before=0.25, after=1.5)
        for shape in shapes
    ]  # fmt: skip
    return Record(
        triple=FACTORS.triple, cpu=FACTORS.name, operator="gemm", dtype="f32", factors=FACTORS.kernel_values(),
        params={"kc": 256}, candidate="c", measurements=tuple(speeds),
        verification=Verification(
            passed=True, cases=7, worst_ratio=2.5, worst={}, counts={}, seed=1, level="quick", harness="h",
            kind="measured",
        ),
        provenance=Provenance(
            author="builtin", generator="0.0", date="2026-01-01",
            host="a CPU, Linux 6", compiler="gcc version 12", params="analytical",
        ),
    )  # fmt: skip


def test_the_table_comes_last(record: Record) -> None:
    text = as_text(summarise(FACTORS, record, trials=12, gain=1.05, out=Path("made")))
    assert "7 cases passed, worst error ratio r = 2.50" in text
    assert "12 trials, 1.050 times" in text
    assert "written: made/" in text
    *_, first, last = text.splitlines()
    assert first.split() == ["64x4096x64", "1", "155.0", "88.0", "(87.0..89.5)", "1.50"]
    assert last.split()[:2] == ["1000x1000x1000", "TN"]
    assert max(map(len, text.splitlines())) <= WIDTH


def test_the_share_of_a_peak_that_is_not_known(record: Record) -> None:
    unknown = record.measurements[0].model_copy(update={"percent_of_peak": 0.0, "interval": (0.0, 0.0)})
    *_, last = as_text(summarise(FACTORS, record.model_copy(update={"measurements": (unknown,)}))).splitlines()
    assert last.split() == ["64x4096x64", "1", "155.0", "not", "known", "1.50"]


def test_a_modelled_gain_is_not_taken_for_a_measured_one(record: Record) -> None:
    summary = summarise(FACTORS, record, trials=12, gain=1.05, kind="modelled")
    assert "1.050 times the speed it began with (modelled, not measured)" in as_text(summary)
    assert json.loads(as_json(summary))["gain_kind"] == "modelled"


def test_the_same_as_json(record: Record) -> None:
    summary = json.loads(as_json(summarise(FACTORS, record, trials=1)))
    assert summary["target"] == "x86-64-v3"
    assert summary["measurements"][0]["shape"] == {"m": 64, "k": 4096, "n": 64, "layout": "NN"}


def test_a_portable_library_has_no_proof_of_its_own() -> None:
    text = as_text(summarise(FACTORS, None))
    assert "portable kernels only" in text
    assert "proven" not in text


def test_the_record_can_be_read_again(record: Record) -> None:
    files = record_files(FACTORS, record)
    assert Record.model_validate_json(files["record.json"]) == record
    assert record.proof in files["summary.txt"]
    assert json.loads(files["hardware.json"])["name"] == "x86-64-v3"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["parameters: analytical", "proven on: a CPU, Linux 6; gcc version 12"]),
        ({"params": "tuned", "trials": 9}, ["parameters: tuned, 9 trials"]),
    ],
)
def test_the_text_says_where_the_record_comes_from(record: Record, changes: dict[str, object], said: list[str]) -> None:
    source = record.provenance.model_copy(update=changes)
    text = record_files(FACTORS, record.model_copy(update={"provenance": source}))["summary.txt"]
    assert "made 2026-01-01 by tensorop-gen 0.0, author builtin" in text
    assert all(line in text for line in said)


def test_a_record_made_before_hosts_were_kept_can_be_read(record: Record) -> None:
    values = json.loads(record.model_dump_json())
    for name in ("host", "compiler", "params", "trials"):
        del values["provenance"][name]
    text = record_files(FACTORS, Record.model_validate(values))["summary.txt"]
    assert "made 2026-01-01" in text
    assert "proven on" not in text
