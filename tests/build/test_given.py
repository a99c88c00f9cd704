"""GPU kernels from elsewhere, as they were compiled: only allowed instructions, nothing kept, nothing spilt.

The texts here would not pass the rules on texts; what is shown is that the compiled code is looked at too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.author.llm.cuda_text import given
from tensorop_gen.build.given import forge
from tensorop_gen.build.nvcc import find_nvcc
from tensorop_gen.hardware.gpu import find_gpu
from tensorop_gen.isa.refused import Refused
from tensorop_gen.llm.ask import as_code
from tensorop_gen.operators.gemm.cuda.given import Given

ANSWER = Path(__file__).parents[1] / "author" / "llm" / "answers" / "cuda_f32.md"
KERNEL = given(as_code(("cuda",))(ANSWER.read_text())[1], "f32")
START = "  float sums[4][4] = {};"
FMA = "fmaf(sa[p * BM + tm + i], sb[p * BN + tn + j], sums[j][i])"
UPDATE, PLAIN = "fmaf(args.beta, *c, args.alpha * sums[j][i])", "args.alpha * sums[j][i]"
MAX = "sums[j][i] + max(sa[p * BM + tm + i], sb[p * BN + tn + j])"
GPU = find_gpu("rtx 4060")
NO_SUMS = KERNEL.text.replace(FMA, MAX).replace(UPDATE, PLAIN)
pytestmark = pytest.mark.cuda


def with_code(code: str) -> Given:
    assert START in KERNEL.text
    return replace(KERNEL, text=KERNEL.text.replace(START, f"{START}\n{code}\n"))


HOSTILE = {
    "the clock": ("instruction", with_code("if (clock64() == args.ldc) return;")),
    "the number of its multiprocessor": (
        "instruction",
        with_code('unsigned sm;\nasm volatile("mov.u32 %0, %%smid;" : "=r"(sm));\nif (sm == args.m) return;'),
    ),
    "an atomic": ("instruction", with_code("atomicAdd(args.partial, 1.0f);")),
    "printing": ("static data", with_code('printf("%d", args.m);')),
    "memory of its own": ("instruction", with_code("if (malloc(args.m)) return;")),
    "a trap": ("instruction", with_code("if (args.m == 7) __trap();")),
    "waiting": ("instruction", with_code("__nanosleep(args.m);")),
    "a message to the host": ("instruction", with_code("__threadfence_system();")),
    "a state that stays": ("static data", with_code("static __device__ int calls;\nif (calls++) return;")),
    "constants in memory": (
        "static data",
        with_code("static __constant__ float some[64] = {1, 2};\nsums[0][0] = some[args.m % 64];"),
    ),
    "shared memory of its own": (
        "static data",
        with_code("__shared__ float own[2048];\nown[threadIdx.x] = args.alpha;\nif (own[args.m % 2048] == 7) return;"),
    ),
    "local memory": (
        "local memory",
        with_code(
            "float own[64];\nfor (int i = 0; i < args.m; ++i) own[i] = args.alpha * i;\nif (own[args.n] == 7) return;"
        ),
    ),
    "sums of something else": (
        "instruction",
        replace(KERNEL, text=KERNEL.text.replace(FMA, MAX).replace(UPDATE, PLAIN)),
    ),
    "not what was said of its size": ("compiler", replace(KERNEL, bm=128)),
    "a warning": ("compiler", with_code("int unused;")),
    "an error": ("compiler", with_code("int x = nothing;")),
}


@pytest.fixture(autouse=True)
def _no_rules_on_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensorop_gen.author.cuda.check_given", lambda _: None)


def test_a_good_kernel_is_counted() -> None:
    assert GPU
    forged = forge(KERNEL, GPU, find_nvcc())
    assert 16 < forged.registers <= 128
    assert 0.05 < forged.variant.share < 1


@pytest.mark.parametrize(("rule", "kernel"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_allowed_is_turned_down(rule: str, kernel: Given) -> None:
    assert GPU
    with pytest.raises(Refused) as refused:
        forge(kernel, GPU, find_nvcc())
    assert refused.value.rule == rule, refused.value
