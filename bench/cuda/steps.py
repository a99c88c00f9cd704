"""The steps on the GPU, the most wanted first; what is there is kept after every process."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from driver import DONE, TIME_UP, Driver, Row
from judge import fault
from rates import chosen_by, record
from sanitizer import TOOLS, find_sanitizer, sanitize
from speed import ALONE, find_cublas, measure, title
from state import state
from table import print_tables
from tuning import tune

FAILED, WRONG = 1, 4
RATE_SIZE = 4096
# Seconds that a step may take altogether, and one kernel in it; together they leave the tuner a minute and a half.
SMOKE, PROOF, RATES = (30, 15), (100, 25), (80, 10)
SPEED = 150
SANITIZER = 20  # each tool
RESERVE = 5.0  # for the tables


class Steps:
    """Results so far: device, state, smoke, proof, rates, speed, tuning, sanitizer, and notes on what did not work."""

    def __init__(self, driver: Driver, facts: Row, options: argparse.Namespace) -> None:
        self.driver, self.facts, self.options = driver, facts, options
        self.peaks = list(facts["peaks"].values())
        first = {kernel["parameters"]["sketch"]: kernel for kernel in reversed(facts["variants"])}
        self.first = list(first.values())  # of each sketch
        self.kernels = [*self.first, *(kernel for kernel in facts["variants"] if kernel not in self.first)]
        self.results: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "gpu": facts["gpu"], "notes": []}
        self.results["state"] = {"before": state()}
        self.wrong: set[str] = set()  # kernels' symbols, and products: with a wrong result, or that broke

    def note(self, text: str) -> None:
        self.results["notes"].append(text)
        print(text, flush=True)

    def keep(self) -> None:
        if self.options.json:
            part = self.options.json.with_suffix(".part")
            part.write_text(json.dumps(self.results, indent=1) + "\n")
            part.replace(self.options.json)

    def left(self) -> float:
        return self.driver.left() - RESERVE

    def each_kernel(self, step: str, kernels: list[Row], limits: tuple[float, float], *words: object) -> list[Row]:
        """The rows of every kernel with its status, in the results too; each in a process of its own. words: a command
        and what follows the kernel."""
        end = time.monotonic() + limits[0]
        self.results[step] = found = list[Row]()
        for kernel in kernels:
            left = min(end - time.monotonic(), self.left())
            if left < 1:
                self.note(f"{step}: the time is up, from {kernel['name']} on nothing was done")
                break
            command = (words[0], kernel["name"], kernel["operands"], *words[1:])
            status, rows = self.driver(*command, seconds=min(left, limits[1]))
            found.append({"symbol": kernel["symbol"], "status": status, "rows": rows})
            if status not in (DONE, TIME_UP):
                self.wrong.add(kernel["symbol"])
                self.note(f"{step} {kernel['symbol']}: status {status} {self.driver.said.strip()[-300:]}")
            self.keep()
        print(f"{step}: {len(found)} kernels, {sum(row['status'] == DONE for row in found)} done", flush=True)
        return found

    def smoke(self) -> None:
        """A few cases of the first kernel of each sketch: whether anything works at all is known in seconds."""
        self.each_kernel("smoke", self.first, SMOKE, "prove", "quick")
        self.wrong.clear()  # the proof tells more of them

    def proof(self) -> None:
        self.each_kernel("proof", self.kernels, PROOF, "prove")

    def rates(self) -> None:
        good = [kernel for kernel in self.kernels if kernel["symbol"] not in self.wrong]
        self.each_kernel("rates", good, RATES, "rate", RATE_SIZE)
        if self.options.rates:
            kept = record(self.results, self.facts, self.wrong)
            self.options.rates.write_text(json.dumps(kept, indent=1) + "\n")

    def speed(self) -> None:
        cublas = find_cublas(self.driver, self.options.cublas)
        self.results["cublas"], self.results["speed"] = cublas, []
        if cublas == ALONE:
            self.note("cuBLAS is not found, or cannot be used: name it with --cublas; the library is timed alone")
        rates = self.options.run / "rates.txt"
        rates.write_text(chosen_by(self.results, self.facts, self.wrong))
        kinds = sorted({row["operands"] for row in self.facts["variants"]})
        seconds = min(SPEED, self.left())
        for rows in measure(self.driver, cublas, kinds, self.options.rounds, rates, seconds, self.note):
            self.results["speed"] += rows
            for row in rows:
                if reason := fault(row, self.peaks[row["operands"]]):
                    self.wrong.add(title(row))
                    self.note(f"{title(row)}: {reason}")
            self.keep()
        self.results["state"]["after"] = state()  # while it is still warm

    def tuning(self) -> None:
        history = self.options.run / "history.jsonl"
        seconds = max(self.left() - len(TOOLS) * SANITIZER, 1)
        self.results["tuning"] = tune(self.driver, self.facts, self.wrong, seconds, history)

    def sanitizer(self) -> None:
        self.results["sanitizer"] = {}
        program = find_sanitizer()
        if program is None:
            print("compute-sanitizer: not found, not run", flush=True)
            return
        for tool in TOOLS:
            found = sanitize(self.driver, program, tool, self.kernels, min(SANITIZER, self.left()))
            self.results["sanitizer"][tool] = found
            for symbol in found["failed"]:
                self.wrong.add(symbol)
                self.note(f"{tool}: {symbol} failed")
            self.keep()


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
    for step in (steps.smoke, steps.proof, steps.rates, steps.speed, steps.tuning, steps.sanitizer):
        try:
            step()
        except Exception as error:  # there is no second chance: the other steps' results are kept
            steps.note(f"{step.__name__} broke off: {type(error).__name__}: {error}")
        steps.keep()
    print_tables(steps.results, facts)
    return WRONG if steps.wrong else FAILED if steps.results["notes"] else DONE
