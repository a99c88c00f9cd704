"""The program that runs on the GPU is built and linked, and says so where there is no GPU."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tensorop_gen.build.nvcc import find_cuobjdump, find_nvcc

RUN_ALL = Path(__file__).parents[2] / "bench" / "cuda" / "run_all.py"
SIMT = "tensorop_f32_gemm_simt_128x128x8_8x8_l8_s4_b2_g8_p4"
CASES = [  # kernels that test_compile.py has compiled
    pytest.param("a100", {"sm_80"}, (SIMT, "tensorop_f16_gemm_mma_128x128x32_w2x2_s3_b2_g8"), id="sm_80"),
    pytest.param("rtx-4060", {"sm_89"}, (SIMT,), id="sm_89"),
    pytest.param("h100", {"sm_90", "sm_90a"}, ("tensorop_f16_gemm_tma_128x256x64_w2_s4_c2_g8",), id="sm_90a"),
]


@pytest.mark.cuda
@pytest.mark.parametrize(("gpu", "architectures", "kernels"), CASES)
def test_the_driver_is_whole_and_asks_for_a_gpu(
    gpu: str, architectures: set[str], kernels: tuple[str, ...], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    assert pytestconfig.cache
    objects = pytestconfig.cache.mkdir("cuda-objects")
    words = [sys.executable, str(RUN_ALL), "--prepare", str(tmp_path), "--gpu", gpu, "--only", ",".join(kernels)]
    done = subprocess.run(
        [*words, "--nvcc", str(find_nvcc().program), "--objects", str(objects)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    driver = tmp_path / "driver"
    assert driver.is_file(), done.stderr
    said = subprocess.run([find_cuobjdump(), "--list-elf", driver], capture_output=True, text=True, check=True).stdout
    assert {name for name in ("sm_80", "sm_89", "sm_90", "sm_90a") if f".{name}.cubin" in said} == architectures
    symbols = subprocess.run(["nm", driver], capture_output=True, text=True, check=True).stdout.split()
    assert {*kernels, "tensorop_cuda_table", "tensorop_cuda_reduce"} <= set(symbols)
    hidden = os.environ | {"CUDA_VISIBLE_DEVICES": "", "PATH": "/usr/bin:/bin"}  # no nvcc: nothing is built anew
    run = [sys.executable, str(tmp_path / "run_all.py"), "--run", str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False, env=hidden)
    assert done.returncode == 1
    assert "no such GPU: check nvidia-smi" in done.stderr
