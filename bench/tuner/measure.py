"""Measures every point of the grid on this machine in turns with the defaults: python -m bench.tuner.measure FILE

Goes on where an earlier run ended. --build: only compiles, so that the machine can be left alone for the measuring;
--seconds: stops after so long."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import time
from pathlib import Path

from bench.tuner.grid import AXES, Cell, cells, params

import tensorop_gen
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import Built, build, find_toolchain
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.duel import Duel
from tensorop_gen.measure.worker import Peak
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.run.local import LocalRunner

SHAPE = Shape(1024, 1024, 1024)
ROUNDS = 7
BURST_MS = 20.0


def built(wanted: GemmParams, factors: HardwareFactors, folder: Path) -> Built:
    candidate = BuiltinAuthor().write(Request(""), factors, wanted)
    return build(candidate, find_toolchain(factors.triple), folder / candidate.key[:16])


def measured(challenger: Built, incumbent: Built, rates: Peak) -> list[float]:
    with Duel(challenger, incumbent, LocalRunner(), [SHAPE], rates, BURST_MS) as duel:
        rounds = [duel.round()[0] for _ in range(ROUNDS)]
        duel.judge()
    return rounds


def begun(file: Path, factors: HardwareFactors) -> set[Cell]:
    """The cells that the file has; a new file tells first what it is about."""
    if file.exists():
        return {tuple(json.loads(line)["cell"].values()) for line in file.read_text().splitlines()[1:]}
    about = {
        "machine": f"{factors.title}, {factors.cores} cores",
        "target": factors.name,
        "shape": str(SHAPE),
        "threads": "1",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "version": f"tensorop-gen {tensorop_gen.__version__}",
    }
    file.write_text(f"{json.dumps(about)}\n")
    return set()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--folder", type=Path, default=Path("build-tuner"), help="for what is compiled")
    arguments.add_argument("--build", action="store_true")
    arguments.add_argument("--seconds", type=float, default=float("inf"))
    given = arguments.parse_args()
    factors, end = probe(), time.monotonic() + given.seconds
    done = begun(given.file, factors)
    start = built(defaults(factors), factors, given.folder)
    with contextlib.closing(Peak()) as rates, given.file.open("a") as out:
        for cell in cells():
            if cell in done or time.monotonic() > end:
                continue
            one = built(params(cell, factors), factors, given.folder)
            if given.build:
                continue
            line = {
                "cell": dict(zip(AXES, cell, strict=True)),
                "rounds": [round(r, 5) for r in measured(one, start, rates)],
            }
            print(json.dumps(line), file=out, flush=True)


if __name__ == "__main__":
    main()
