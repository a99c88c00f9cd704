"""bench/worker.c and bench/peak.c through their Python side."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tensorop_gen.measure.errors import MeasureError, WorkerFailed
from tensorop_gen.measure.peers import Library
from tensorop_gen.measure.worker import Peak, Worker, processors
from tensorop_gen.request.model import LAYOUTS, Layout, Shape

from .conftest import Fake

ENTRIES = {
    "cblas_sgemm": "CBLAS(cblas_sgemm, int)",
    "scipy_cblas_sgemm": "CBLAS(scipy_cblas_sgemm, int)",
    "cblas_sgemm64_": "CBLAS(cblas_sgemm64_, int64_t)",
    "cblas_sgemm_64": "CBLAS(cblas_sgemm_64, int64_t)",
    "dnnl_sgemm": "DNNL(dnnl_sgemm)",
    "libxsmm_sgemm": "FORTRAN(libxsmm_sgemm)",
    "sgemm_": "FORTRAN(sgemm_)",
}


@pytest.mark.parametrize("symbol", ENTRIES)
def test_every_interface_computes_every_layout(fake: Fake, symbol: str) -> None:
    worker = Worker(fake(entry=ENTRIES[symbol]), 1)
    try:
        assert (worker.symbol, worker.identity) == (symbol, "Fake 1.2 core")
        for layout in LAYOUTS:
            assert worker.prepare(Shape(5, 7, 11, layout), seed=3).ratio < 4
            assert worker.burst(seed=4, milliseconds=0.2).ratio < 4
    finally:
        worker.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_large_result_is_judged_by_rows(fake: Fake, layout: Layout) -> None:
    """2^24 multiply-adds are judged: here 8 of the 40 rows."""
    worker = Worker(fake(), 1)
    try:
        assert 0 < worker.prepare(Shape(40, 1500, 1400, layout), seed=1).ratio < 64
    finally:
        worker.close()


def test_same_seed_same_operands(fake: Fake) -> None:
    worker = Worker(fake(), 1)
    try:
        ratios = [worker.prepare(Shape(33, 65, 17), seed).ratio for seed in (1, 1, 2)]
    finally:
        worker.close()
    assert ratios[0] == ratios[1] != ratios[2]


def test_what_a_library_prints_is_no_answer(fake: Fake) -> None:
    worker = Worker(fake("CHATS"), 1)
    try:
        assert worker.prepare(Shape(8, 8, 8), seed=1).ratio < 4
    finally:
        worker.close()


def test_a_burst_before_a_shape_is_refused(fake: Fake) -> None:
    worker = Worker(fake(), 1)
    try:
        with pytest.raises(WorkerFailed, match="not a burst after a prepare"):
            worker.burst(seed=1, milliseconds=1)
    finally:
        worker.close()


def test_no_library_at_all(tmp_path: Path) -> None:
    path = tmp_path / "libnot.so"
    path.write_text("no ELF")
    with pytest.raises(WorkerFailed, match=r"libnot\.so"):
        Worker(Library("not", path), 1)


def test_no_known_symbol(fake: Fake) -> None:
    with pytest.raises(WorkerFailed, match="exports no sgemm under a known name"):
        Worker(fake(entry="CBLAS(other_sgemm, int)"), 1)


def test_everyday_settings_do_not_reach_a_library(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "/nowhere.so")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    worker = Worker(fake(), 1)
    try:
        environment = Path(f"/proc/{worker.pid}/environ").read_bytes().split(b"\0")
    finally:
        worker.close()
    assert b"OPENBLAS_NUM_THREADS=1" in environment
    assert not [one for one in environment if one.startswith((b"LD_PRELOAD", b"OPENBLAS_CORETYPE"))]


def test_more_threads_than_processors() -> None:
    with pytest.raises(MeasureError, match=r"only .* may be used here"):
        processors(len(os.sched_getaffinity(0)) + 1)


def test_peak_answers_plausible_rates() -> None:
    peak = Peak()
    try:
        assert peak.isa
        assert 1e8 < peak.flops(1, 2) < 1e13
        assert 1e8 < peak.read(100_000, 1, 4) < 1e13  # no multiple of a page
        assert peak.clock() == 0 or 1e8 < peak.clock() < 1e11
        assert peak.flops(1, 2) < 2 * peak.flops_per_cycle * 1e10
    finally:
        peak.close()
