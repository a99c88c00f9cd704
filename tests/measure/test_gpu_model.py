from __future__ import annotations

import json
from typing import Any

import pytest

from tensorop_gen.hardware.gpu import GpuFactors, find_gpu
from tensorop_gen.measure.gpu_model import SHAPES, estimate, fastest, record
from tensorop_gen.operators.gemm.cuda.space import TUNED, measured_rates, possible, shipped_record
from tensorop_gen.request.model import Shape
from tensorop_gen.source import source_root


def gpu(name: str) -> GpuFactors:
    found = find_gpu(name)
    assert found
    return found


A100 = gpu("a100")
HALF = [variant for variant in possible(A100) if variant.operands == "f16"]
LARGE = next(variant for variant in HALF if variant.name.startswith("mma_128x128"))


def test_nothing_is_above_the_peak_and_large_products_come_near_it() -> None:
    shares = [fastest(A100, HALF, shape).share for shape in SHAPES]
    assert len(shares) == 8
    assert 0.5 < max(shares) < 1
    assert all(0 < share < 1 for share in shares)


def test_one_tile_more_than_a_wave_costs_a_whole_one() -> None:
    full, more = Shape(m=128 * 12, k=4096, n=128 * 9), Shape(m=128 * 12 + 1, k=4096, n=128 * 9)
    assert A100.multiprocessors == 12 * 9
    assert estimate(A100, LARGE, full).bound == "arithmetic"
    assert estimate(A100, LARGE, more).bound == "waves"
    assert estimate(A100, LARGE, more).tflops == pytest.approx(estimate(A100, LARGE, full).tflops / 2, rel=0.01)


def test_little_arithmetic_is_bound_by_memory() -> None:
    found = estimate(A100, LARGE, Shape(m=16384, k=16, n=16384))
    assert found.bound == "memory"
    moved = 2 * (2 * 16384 * 16 + 16384**2)
    assert found.tflops == pytest.approx(2e-12 * 16384**2 * 16 / (moved / 1555e9))


def test_small_outputs_take_small_tiles() -> None:
    assert fastest(A100, HALF, Shape(m=512, k=4096, n=512)).variant.bm == 64


@pytest.mark.parametrize("name", ["a100", "rtx-4060"])
def test_the_shipped_record_is_what_the_model_says(name: str, request: Any) -> None:
    path = source_root() / TUNED / f"{name}.json"
    expected = record(gpu(name), possible(gpu(name)))
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(expected, indent=1) + "\n")
    assert shipped_record(name) == expected
    assert expected["kind"] == "modelled"
    assert not measured_rates(name), "what is modelled is not taken for measured"
