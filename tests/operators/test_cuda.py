from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tensorop_gen.hardware.gpu import GpuFactors, all_gpus, find_gpu
from tensorop_gen.operators.gemm.cuda.simt import Simt
from tensorop_gen.operators.gemm.cuda.space import possible, shipped
from tensorop_gen.operators.gemm.cuda.variant import Variant, registers, symbol


def gpu(name: str) -> GpuFactors:
    found = find_gpu(name)
    assert found
    return found


def test_names_and_symbols_are_unique() -> None:
    assert len({symbol(variant) for variant in shipped()}) == len(shipped())
    assert all(symbol(variant).isidentifier() for variant in shipped())


@pytest.mark.parametrize("variant", shipped(), ids=symbol)
def test_every_variant_runs_somewhere(variant: Variant) -> None:
    assert any(variant in possible(factors) for factors in all_gpus())


@pytest.mark.parametrize("factors", all_gpus(), ids=lambda factors: factors.name)
def test_every_gpu_has_kernels_and_none_is_modelled_above_its_peak(factors: GpuFactors) -> None:
    found = possible(factors)
    assert {variant.operands for variant in found} == {variant.operands for variant in shipped()}
    for variant in found:
        assert 0 < variant.modelled_rate(factors) < factors.rate(variant.operands)
        assert variant.threads * variant.blocks * registers(variant, factors) <= factors.registers


SIMT = Simt(128, 128, 8, 8, 8)
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"bk": 0}, "at least 1"),
    ({"tm": 6}, "multiples of 4"),
    ({"lanes_m": 6}, "divide 32"),
    ({"bm": 96}, "warp's tile"),
    ({"bk": 12}, "multiple of 8"),
    ({"stages": 2}, "at least 3"),
    ({"stages": 24}, "shared memory"),
    ({"blocks": 9}, "9 blocks of 256 threads"),
    ({"blocks": 4}, "registers"),
    ({"bm": 256, "bn": 256, "tm": 4, "tn": 4}, "4096 threads"),
    ({"bm": 512, "tn": 4, "tm": 16, "bk": 8, "blocks": 1}, "equal shares"),
]


@pytest.mark.parametrize(("changes", "problem"), IMPOSSIBLE, ids=[problem for _, problem in IMPOSSIBLE])
def test_what_cannot_work_is_said(changes: dict[str, Any], problem: str) -> None:
    assert not SIMT.problems(gpu("a100"))
    assert problem in "; ".join(replace(SIMT, **changes).problems(gpu("a100")))


def test_shared_memory_of_a_smaller_gpu_is_the_limit() -> None:
    deep = replace(SIMT, bk=16, stages=4)
    assert not deep.problems(gpu("a100"))
    assert "shared memory" in "; ".join(deep.problems(gpu("rtx-4060")))
