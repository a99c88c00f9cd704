"""The steps on the GPU, the most wanted first; what is there is kept after each of them."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cublas import environment, libraries
from driver import TIME_UP, Driver, Row
from table import OPERANDS, print_tables
from tuning import tune

DONE, FAILED, WRONG = 0, 1, 4
# m, k, n: the paper's eight, and eight small or skewed ones.
LARGE = [(2048,) * 3, (4096,) * 3, (8192,) * 3, (16384,) * 3]
LARGE += [(16384, 8192, 1280), (16384, 1024, 8192), (16384, 8192, 7168), (16384, 3584, 8192)]
SMALL = [(512,) * 3, (1000,) * 3, (1024,) * 3, (64, 4096, 4096), (4096, 4096, 64), (4096, 64, 4096), (128, 16384, 128)]
SMALL += [(1016, 2040, 1528)]
RATE_SIZE = 4096
# Seconds that a step may take altogether, and one kernel in it.
PROOF, RATES, SPEED, SANITIZER = (120, 25), (60, 10), (220, 0), (25, 25)
RESERVE = 5.0  # for the tables


class Steps:
    """Results so far: device, proof, rates, speed, tuning, sanitizer, and notes on what did not work."""

    def __init__(self, driver: Driver, facts: Row, options: argparse.Namespace) -> None:
        self.driver, self.facts, self.options = driver, facts, options
        self.results: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "gpu": facts["gpu"], "notes": []}
        self.wrong: set[str] = set()  # symbols of kernels with a wrong result, or that broke

    def note(self, text: str) -> None:
        self.results["notes"].append(text)
        print(text, flush=True)

    def keep(self) -> None:
        if self.options.json:
            self.options.json.write_text(json.dumps(self.results, indent=1) + "\n")

    def each_kernel(self, command: str, limits: tuple[float, float], *more: object) -> list[Row]:
        """The rows of every kernel with its status; each in a process of its own."""
        end, found = time.monotonic() + limits[0], []
        for kernel in self.facts["variants"]:
            left = min(end - time.monotonic(), self.driver.left() - RESERVE)
            if kernel["symbol"] in self.wrong:
                continue
            if left < 1:
                self.note(f"{command}: the time is up, from {kernel['name']} on nothing was done")
                break
            words = (command, kernel["name"], kernel["operands"], *more)
            status, rows = self.driver(*words, seconds=min(left, limits[1]))
            found.append({"symbol": kernel["symbol"], "status": status, "rows": rows})
            if status not in (DONE, TIME_UP):
                self.wrong.add(kernel["symbol"])
                self.note(f"{command} {kernel['symbol']}: status {status} {self.driver.said.strip()[-300:]}")
        return found

    def prove(self) -> None:
        self.results["proof"] = self.each_kernel("prove", PROOF)
        print(f"proof: {len(self.results['proof'])} kernels, {len(self.wrong)} failed", flush=True)

    def rate(self) -> None:
        self.results["rates"] = self.each_kernel("rate", RATES, RATE_SIZE)
        if self.options.rates:
            record = rates_record(self.results, self.facts, self.wrong)
            self.options.rates.write_text(json.dumps(record, indent=1) + "\n")

    def measure(self) -> None:
        end = time.monotonic() + SPEED[0]
        rows: list[Row] = []
        self.results["speed"] = rows
        library = self._cublas()
        if library is None:
            self.note("cuBLAS is not found, or cannot be used: name it with --cublas")
            return
        for op_a, op_b, shapes in ((0, 0, LARGE), (0, 0, SMALL), (1, 0, [(4096,) * 3]), (0, 1, [(4096,) * 3])):
            for operands in sorted({row["operands"] for row in self.facts["variants"]}):
                left = min(end - time.monotonic(), self.driver.left() - RESERVE)
                if left < 5:
                    self.note("measure: the time is up, the other shapes are not measured")
                    return
                text = " ".join(f"{operands} {op_a} {op_b} {m} {n} {k}" for m, k, n in shapes)
                words = ("measure", library, text, self.options.rounds)
                status, found = self.driver(*words, seconds=left, env=environment(library))
                rows += found
                if status:
                    self.note(f"measure {OPERANDS[operands]}: status {status} {self.driver.said.strip()[-300:]}")
                self.keep()

    def _cublas(self) -> str | None:
        """The first that multiplies."""
        for library in libraries(self.options.cublas):
            status, _ = self.driver("measure", library, "0 0 0 64 64 64", 1, seconds=30, env=environment(library))
            if status == DONE:
                return library
        return None

    def tune(self) -> None:
        history = self.options.run / "history.jsonl"
        seconds = max(self.driver.left() - 2 * SANITIZER[0] - RESERVE, 1)
        self.results["tuning"] = tune(self.driver, self.facts, self.wrong, seconds, history)

    def sanitize(self) -> None:
        """Exit status by tool, on the smallest cases of as many kernels as the time allows."""
        installed = sorted(map(str, Path("/usr/local").glob("cuda*/bin/compute-sanitizer")))
        program = shutil.which("compute-sanitizer") or next(iter(installed), None)
        self.results["sanitizer"] = found = {}
        if program is None:
            print("compute-sanitizer: not found, not run", flush=True)
            return
        for tool in ("memcheck", "racecheck"):
            words = (program, "--tool", tool, "--error-exitcode", "9", "--launch-timeout", "60")
            end, seen = time.monotonic() + SANITIZER[0], []
            for kernel in sorted(self.facts["variants"], key=lambda row: not row["shipped"]):
                left = min(end - time.monotonic(), self.driver.left() - RESERVE)
                if left < 2:
                    break
                command = ("prove", kernel["name"], kernel["operands"], "quick")
                status, _ = self.driver(*command, tool=words, seconds=left)
                if status != TIME_UP:
                    seen.append(status)
                if status not in (DONE, TIME_UP):
                    self.wrong.add(kernel["symbol"])
                    self.note(f"{tool} {kernel['symbol']}: status {status}")
            found[tool] = {"kernels": len(seen), "failed": sum(status != DONE for status in seen)}


def run_steps(folder: Path, options: argparse.Namespace, rebuild: Callable[[], bool]) -> int:
    """rebuild: builds the driver here, where the one that was brought does not run."""
    driver = Driver(folder, options.seconds)
    facts = json.loads((folder / "facts.json").read_text())
    status, device = driver("facts", seconds=60)
    if (status or not device) and "no such GPU" not in driver.said and rebuild():
        status, device = driver("facts", seconds=60)
    if status or not device:
        print(f"the GPU cannot be used: {driver.said.strip() or f'status {status}'}", file=sys.stderr)
        return FAILED
    steps = Steps(driver, facts, options)
    steps.results["device"] = device[0]
    for step in (steps.prove, steps.rate, steps.measure, steps.tune, steps.sanitize):
        try:
            step()
        except Exception as error:  # there is no second chance: the other steps' results are kept
            steps.note(f"{step.__name__} broke off: {type(error).__name__}: {error}")
        steps.keep()
    print_tables(steps.results, facts)
    return WRONG if steps.wrong else FAILED if steps.results["notes"] else DONE


def rates_record(results: Row, facts: Row, wrong: set[str]) -> Row:
    """What the library chooses by: of each kernel that is right the mean over the transposes."""
    peaks = list(facts["peaks"].values())
    most = {row["symbol"]: peaks[row["operands"]] for row in facts["variants"]}
    means = {}
    for kernel in results["rates"]:
        symbol, rows = kernel["symbol"], kernel["rows"]
        good = all(row["worst_r"] <= row["limit"] and row["tflops"] <= most[symbol] for row in rows)
        if rows and good and symbol not in wrong:
            means[symbol] = round(sum(row["rate"] for row in rows) / len(rows), 2)
    known = {"schema": 1, "kind": "measured", "gpu": facts["gpu"], "date": results["date"], "device": results["device"]}
    return known | {"rates": means}
