"""The steps on the GPU, each a run of the driver that prints JSON, one object a line."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from table import OPERANDS, print_tables

Row = dict[str, Any]
FAILED, WRONG = 1, 4
# m, k, n: the paper's eight, and eight small or skewed ones.
LARGE = [(2048,) * 3, (4096,) * 3, (8192,) * 3, (16384,) * 3]
LARGE += [(16384, 8192, 1280), (16384, 1024, 8192), (16384, 8192, 7168), (16384, 3584, 8192)]
SMALL = [(512,) * 3, (1000,) * 3, (1024,) * 3, (64, 4096, 4096), (4096, 4096, 64), (4096, 64, 4096), (128, 16384, 128)]
SMALL += [(1016, 2040, 1528)]
TUNE_SIZE = 4096


class Driver:
    """folder/driver, until the time is up."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.program = str((folder / "driver").resolve())
        self.deadline = time.monotonic() + seconds

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def __call__(self, *words: str, tool: tuple[str, ...] = (), seconds: float = 1e9) -> tuple[int, list[Row]]:
        """Exit status and what was printed; 124 where the time was up."""
        limit = max(1.0, min(seconds, self.left()))
        process = subprocess.Popen([*tool, self.program, *words], stdout=subprocess.PIPE, text=True)
        try:
            text, _ = process.communicate(timeout=limit)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            text, _ = process.communicate()
            status = 124
        return status, [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]


def run_steps(folder: Path, options: argparse.Namespace) -> int:
    driver = Driver(folder, options.seconds)
    facts = json.loads((folder / "facts.json").read_text())
    status, device = driver("facts")
    if status:
        return FAILED
    results: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "device": device[0], "gpu": facts["gpu"]}
    status, results["proof"] = driver("prove", seconds=150)
    print(f"proof: {_said(status)}", flush=True)
    results["sanitizer"] = _sanitize(driver)
    wrong = status != 0 or any(found not in (0, 124) for found in results["sanitizer"].values())
    if not wrong:
        _, results["rates"] = driver("tune", str(TUNE_SIZE), seconds=120)
        results["speed"] = _measure(driver, options)
    print_tables(results, facts["peaks"])
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.rates and not wrong:
        options.rates.write_text(json.dumps(_rates(results, facts), indent=1) + "\n")
    return WRONG if wrong else 0


def _said(status: int) -> str:
    return {0: "passed", 124: "ran out of time"}.get(status, f"FAILED (status {status})")


def _sanitize(driver: Driver) -> dict[str, int]:
    """Exit status by tool; nothing where compute-sanitizer is not installed, which is said."""
    installed = sorted(map(str, Path("/usr/local").glob("cuda*/bin/compute-sanitizer")))
    program = shutil.which("compute-sanitizer") or next(iter(installed), None)
    if program is None:
        print("compute-sanitizer: not found, not run", flush=True)
        return {}
    found = {}
    for tool in ("memcheck", "racecheck"):
        words = (program, "--tool", tool, "--error-exitcode", "9", "--launch-timeout", "60")
        found[tool], _ = driver("prove", "quick", tool=words, seconds=60)
        print(f"{tool}: {_said(found[tool])}", flush=True)
    return found


def _measure(driver: Driver, options: argparse.Namespace) -> list[Row]:
    cublas = options.cublas or _find_cublas()
    if cublas is None:
        print("cuBLAS is not found: name it with --cublas", flush=True)
        return []
    rows: list[Row] = []
    for operands in range(len(OPERANDS)):
        for op_a, op_b, shapes in ((0, 0, LARGE + SMALL), (1, 0, [(4096,) * 3]), (0, 1, [(4096,) * 3])):
            text = " ".join(f"{operands} {op_a} {op_b} {m} {n} {k}" for m, k, n in shapes)
            if driver.left() < 15:
                print("the time is up: the other shapes are not measured", flush=True)
                return rows
            _, found = driver("measure", cublas, text, str(options.rounds), seconds=driver.left() - 5)
            rows += found
    return rows


def _find_cublas() -> str | None:
    folders = [Path(place) / "nvidia" for place in sys.path if place]
    folders += [*Path("/usr/local").glob("cuda*/lib64"), Path("/usr/lib/x86_64-linux-gnu")]
    return next((str(path) for folder in folders for path in sorted(folder.rglob("libcublas.so.*"))), None)


def _rates(results: Row, facts: Row) -> Row:
    """Of each variant the mean over the transposes, by its symbol."""
    rates: dict[str, list[float]] = {}
    for row in results["rates"]:
        symbol = facts["symbols"].get(f"{row['variant']} {OPERANDS[row['operands']]}")
        if symbol:
            rates.setdefault(symbol, []).append(row["rate"])
    means = {symbol: round(sum(found) / len(found), 2) for symbol, found in rates.items()}
    return {"kind": "measured", "device": results["device"], "date": results["date"], "rates": means}
