"""bench/cuda/run_all.py with a driver that only says what a GPU might, as fast as a model believes."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "cuda"
FAKE = """#!/usr/bin/env python3
import sys
command, words = sys.argv[1], sys.argv[2:]
SPEEDS = {"plain": 40, "deep": 50, "wide": 60, "wrong": 55, "cheat": 500}
if command == "facts":
    print('{"gpu": "Fake", "capability": 90, "multiprocessors": 132, "l2": 1, "driver": 13000, "runtime": 13000}')
elif command == "prove":
    if words[0] == "BROKEN":
        print('{"case": "m 1 n 1 k 1", "r": "inf", "strays": 2}')
        print('{"cases": 40, "failures": 1, "wor')
        sys.exit(4)
    print('{"cases": 40, "failures": 0, "worst_r": 2.5}')
elif command == "rate":
    for trans in range(4):
        print('{"tflops": %g, "rate": %d, "worst_r": 3, "limit": 16}' % (SPEEDS[words[0]], 100 + trans))
elif command == "duel":
    numbers = list(map(int, words[3].split()))
    for at in range(0, len(numbers), 5):
        m, n, k = numbers[at + 2 : at + 5]
        times = [[2e-12 * m * n * k / SPEEDS[name] * (1 + 0.001 * i) for i in range(7)] for name in words[:2]]
        r = 99 if "wrong" in words[:2] else 3
        print('{"m": %d, "n": %d, "k": %d, "seconds": %s, "against": %s, "worst_r": %d, "limit": 16}'
              % (m, n, k, *times, r))
elif command == "measure":
    if words[0] not in ("libcublas.so", "-"):
        sys.exit("cannot be used")
    numbers = list(map(int, words[1].split()))
    beside = '"cublas": 40, "ratio": 1.25, "version": 130000,' if words[0] != "-" else ""
    for at in range(0, len(numbers), 6):
        operands, op_a, op_b, m, n, k = numbers[at : at + 6]
        print('{"operands": %d, "op": "%s%s", "m": %d, "k": %d, "n": %d, "tflops": MEASURED, %s'
              ' "worst_r": 3, "limit": 16}'
              % (operands, "NT"[op_a], "NT"[op_b], m, k, n, beside))
"""


def kernel(name: str, rate: float, **parameters: int) -> dict[str, Any]:
    row = {"name": name, "operands": 0, "symbol": f"tensorop_{name}", "shipped": name == "plain"}
    return row | {"modelled_rate": rate, "parameters": {"sketch": "simt", "bm": 64, "stages": 3} | parameters}


FACTS = {
    "gpu": "fake",
    "architecture": "sm_90a",
    "peaks": {"f32": 67, "tf32": 400, "f16": 900, "bf16": 900},
    "variants": [
        kernel("plain", 50),
        kernel("deep", 60, stages=4),
        kernel("wide", 40, bm=128),
        kernel("wrong", 60, bm=256),
        kernel("cheat", 60, bm=32),
    ],
}


def folder(path: Path, broken: str = "none", driver: str = FAKE, measured: int = 50) -> Path:
    (path / "facts.json").write_text(json.dumps(FACTS))
    (path / "driver").write_text(driver.replace("BROKEN", broken).replace("MEASURED", str(measured)))
    (path / "driver").chmod(0o755)
    return path


def run(*words: str, script: Path = BENCH / "run_all.py") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, script, *words], capture_output=True, text=True, timeout=60, check=False)


def results(path: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """What a run says, and what it leaves; the space of the search is exhausted before its time."""
    kept = path / "results.json"
    done = run("--run", str(path), "--cublas", "libcublas.so", "--json", str(kept), *words)
    return done, json.loads(kept.read_text())


def test_the_steps_and_what_they_leave(tmp_path: Path) -> None:
    rates = tmp_path / "rates.json"
    done, kept = results(folder(tmp_path), "--rates", str(rates))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "plain | f32 | right | 40 | 2.5 | 40.0, 40.0, 40.0, 40.0" in done.stdout
    assert "f32 | NN | 16384x8192x1280 | 50.0 | 40.0 | 1.250 | 75 | 3 (16)\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("f32: geometric mean 1.250 of cuBLAS over 18 shapes")
    record = json.loads(rates.read_text())
    assert record["kind"] == "measured"
    names = ("plain", "deep", "wide", "wrong")  # "cheat" is above the peak
    assert record["rates"] == {f"tensorop_{name}": 101.5 for name in names}
    assert {"device", "state", "smoke", "proof", "rates", "speed", "tuning", "sanitizer", "notes"} <= kept.keys()
    assert [row["symbol"] for row in kept["smoke"]] == ["tensorop_plain"], "one of each sketch"
    chosen = (tmp_path / "rates.txt").read_text().splitlines()
    assert chosen == [*(f"0 {name} 101.5" for name in names), "0 cheat 0.0"], "what is refused is never chosen"


def test_the_search_finds_the_fastest_that_is_right(tmp_path: Path) -> None:
    done, kept = results(folder(tmp_path))
    tuned = kept["tuning"][0]
    assert (tuned["start"], tuned["best"]) == ("plain", "wide")
    assert tuned["gain"] == pytest.approx(1.5, rel=1e-3)
    assert set(tuned["failed"]) == {"wrong", "cheat"}
    assert "wrong: r = 99" in tuned["failed"]["wrong"]
    assert "above the peak" in tuned["failed"]["cheat"]
    assert "tuned f32: wide is 1.500 x plain" in done.stdout


def test_trials_of_an_earlier_run_are_not_measured_again(tmp_path: Path) -> None:
    _, first = results(folder(tmp_path))
    lines = (tmp_path / "history.jsonl").read_text()
    (tmp_path / "history.jsonl").write_text(lines + '{"point": "torn')
    folder(tmp_path, driver=FAKE.replace('"duel"', '"never"'))
    _, again = results(tmp_path)
    assert again["tuning"] == first["tuning"]
    assert (tmp_path / "history.jsonl").read_text().startswith(lines)


def test_a_kernel_that_breaks_leaves_the_others(tmp_path: Path) -> None:
    done, kept = results(folder(tmp_path, "deep"))
    assert done.returncode == 4
    assert "deep | f32 | FAILED" in done.stdout
    assert "FAILED m 1 n 1 k 1: r inf, 2 stray bytes" in done.stdout
    assert {row["symbol"] for row in kept["rates"]} == {
        f"tensorop_{name}" for name in ("plain", "wide", "wrong", "cheat")
    }
    assert len(kept["speed"]) == 18


def test_no_time_is_said_and_what_is_there_is_kept(tmp_path: Path) -> None:
    done, kept = results(folder(tmp_path), "--seconds", "7")
    assert done.returncode == 1
    assert "the time is up" in done.stdout
    assert kept["proof"]


def test_no_cublas_is_said_and_the_library_is_timed_alone(tmp_path: Path) -> None:
    done = run("--run", str(folder(tmp_path)), "--cublas", "other.so")
    assert done.returncode == 1
    assert "name it with --cublas" in done.stdout
    assert "f32 | NN | 4096x4096x4096 | 50.0 | - | - | 75 | 3 (16)" in done.stdout
    assert "tuned f32" in done.stdout
    assert done.stdout.splitlines()[-1] == "f32: 50.0 TFLOPS at most, no cuBLAS beside it"


def test_a_score_above_the_peak_is_refused_and_in_no_mean(tmp_path: Path) -> None:
    done, kept = results(folder(tmp_path, measured=68))
    assert done.returncode == 4
    assert "f32 NN 512x512x512: refused: 68 TFLOPS is above the peak of 67" in kept["notes"]
    assert "geometric mean" not in done.stdout


def test_what_was_there_is_kept_when_the_run_is_killed(tmp_path: Path) -> None:
    hangs = FAKE.replace(
        'if words[0] == "BROKEN":', 'if words[0] == "deep":\n        import time; time.sleep(5)\n    if 0:'
    )
    kept = tmp_path / "results.json"
    words = [
        sys.executable,
        str(BENCH / "run_all.py"),
        "--run",
        str(folder(tmp_path, driver=hangs)),
        "--json",
        str(kept),
    ]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    while len((json.loads(kept.read_text()) if kept.is_file() else {}).get("proof", [])) < 1:
        assert process.poll() is None
    process.kill()
    process.wait()
    assert json.loads(kept.read_text())["proof"][0]["symbol"] == "tensorop_plain"


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    done = run("--run", str(tmp_path))
    assert (done.returncode, "--prepare" in done.stderr) == (3, True)
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    command = [
        "env",
        "-u",
        "CUDACXX",
        "PATH=/nowhere",
        sys.executable,
        str(BENCH / "run_all.py"),
        "--run",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--nvcc" in done.stderr) == (3, True)


def test_a_device_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    done = run("--run", str(folder(tmp_path, driver="#!/bin/sh\necho 'no such GPU' >&2\nexit 1\n")))
    assert (done.returncode, "no such GPU" in done.stderr) == (1, True)


def test_a_prepared_folder_needs_python_and_nothing_else(tmp_path: Path) -> None:
    """-S and -E: no packages, no PYTHONPATH."""
    carried = folder(tmp_path)
    prepare = runpy.run_path(str(BENCH / "prepare.py"))
    for name, text in prepare["carried"]().items():
        (carried / name).parent.mkdir(parents=True, exist_ok=True)
        (carried / name).write_text(text)
    command = [
        sys.executable,
        "-S",
        "-E",
        str(carried / "run_all.py"),
        "--run",
        str(carried),
        "--cublas",
        "libcublas.so",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tuned f32: wide" in done.stdout
