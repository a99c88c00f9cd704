"""bench/cuda/run_all.py with a driver that only says what a GPU might."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bench" / "cuda" / "run_all.py"
FAKE = """#!/usr/bin/env python3
import sys
wrong = WRONG
if sys.argv[1] == "facts":
    print('{"gpu": "Fake", "capability": 90, "multiprocessors": 132, "l2": 1, "driver": 13000, "runtime": 13000}')
elif sys.argv[1] == "prove":
    print('{"proved": "simt_x", "operands": 0, "cases": 40, "failures": %d, "worst_r": 2.5}' % wrong)
    sys.exit(wrong)
elif sys.argv[1] == "tune":
    for trans in range(4):
        print('{"variant": "simt_x", "operands": 0, "trans": %d, "tflops": 50, "rate": %d}' % (trans, 100 + trans))
elif sys.argv[1] == "measure":
    numbers = list(map(int, sys.argv[3].split()))
    for at in range(0, len(numbers), 6):
        operands, _, _, m, n, k = numbers[at : at + 6]
        print('{"operands": %d, "op": "NN", "m": %d, "k": %d, "n": %d, "tflops": 50, "cublas": 40, "ratio": 1.25,'
              ' "worst_r": 3, "limit": 16}' % (operands, m, k, n))
"""
FACTS = {
    "gpu": "fake",
    "architecture": "sm_90a",
    "peaks": {"f32": 67, "tf32": 400, "f16": 900, "bf16": 40},
    "symbols": {"simt_x f32": "tensorop_f32_gemm_simt_x"},
}


def folder(path: Path, wrong: int = 0) -> Path:
    (path / "facts.json").write_text(json.dumps(FACTS))
    driver = path / "driver"
    driver.write_text(FAKE.replace("WRONG", str(wrong)))
    driver.chmod(0o755)
    return path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("wrong", [0, 1])
def test_the_steps_and_what_they_leave(wrong: int, tmp_path: Path) -> None:
    rates, results = tmp_path / "rates.json", tmp_path / "results.json"
    words = ["--cublas", "libcublas.so", "--rates", str(rates), "--json", str(results)]
    done = run("--run", str(folder(tmp_path, wrong)), *words)
    assert done.returncode == (4 if wrong else 0), done.stderr
    assert "simt_x | f32 | 40" in done.stdout
    assert results.is_file()
    assert rates.is_file() != bool(wrong), "what is wrong has no rate"
    if not wrong:
        assert json.loads(rates.read_text())["rates"] == {"tensorop_f32_gemm_simt_x": 101.5}
        assert done.stdout.splitlines()[-4].startswith("f32: geometric mean 1.250 of cuBLAS over 18 shapes")
        assert "16384x8192x1280" in done.stdout
        assert "bf16 | NN | 2048x2048x2048 | 50.0 | 40.0 | 1.250 | 125 | 3 (16) REFUSED" in done.stdout


def test_no_time_is_said(tmp_path: Path) -> None:
    done = run("--run", str(folder(tmp_path)), "--cublas", "libcublas.so", "--seconds", "10")
    assert done.returncode == 0
    assert "the time is up" in done.stdout


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    done = run("--run", str(tmp_path))
    assert (done.returncode, "--prepare" in done.stderr) == (3, True)
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    command = ["env", "-u", "CUDACXX", "PATH=/nowhere", sys.executable, str(SCRIPT), "--run", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--nvcc" in done.stderr) == (3, True)
