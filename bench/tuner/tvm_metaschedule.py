"""TVM MetaSchedule on this machine, one thread: python -m bench.tuner.tvm_metaschedule FILE [--trials 16,64,256]

One search; where it stood after each number of trials is read off it. Goes on where an earlier run ended.
--compare LIB.so measures that library side by side with TVM's best programs instead."""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.tuner.trials import Mark, Trials, marks, read
from bench.tuner.tvm_library import library
from rich.console import Console

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.hardware.machine import read_machine
from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.peers import Library, own_library
from tensorop_gen.measure.shapes import ShapeClass, flops
from tensorop_gen.measure.table import render
from tensorop_gen.request.model import Shape
from tensorop_gen.request.shapes import parse_shapes

NEEDED = "pip install -r bench/tuner/tvm.txt"


def main(argv: list[str] | None = None) -> int:
    given = options(argv)
    try:
        if not given.compare:
            search(given)
        print(table(given.file, given.trials))
        if given.compare:
            measure(given)
    except KeyboardInterrupt:
        print(f"interrupted: {given.file} has what was measured; the same command goes on from there", file=sys.stderr)
        return 5
    except (ModuleNotFoundError, PackageNotFoundError, ToolMissing) as missing:
        print(f"{missing}: {NEEDED}", file=sys.stderr)
        return 3
    except (MeasureError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.tuner.tvm_metaschedule", description=__doc__)
    add = parser.add_argument
    add("file", type=Path, help="JSON lines: the trials")
    add("--trials", type=counts, default=[16, 64, 256, 1024, 2048])
    add("--shape", type=one_shape, default=Shape(1024, 1024, 1024), help="MxKxN")
    add("--target", type=json.loads, help='as JSON: {"kind": "llvm", "mcpu": …}; by default this CPU, one core')
    add("--seed", type=int, default=0)
    add("--compare", metavar="LIB.so", help="what TVM's programs are held against")
    add("--rounds", type=int, default=31)
    add("--json", type=Path, help="the comparison in full")
    return parser.parse_args(argv)


def counts(text: str) -> list[int]:
    return sorted({int(word) for word in text.split(",")})


def one_shape(text: str) -> Shape:
    (shape,) = parse_shapes(text)
    return shape


def search(given: argparse.Namespace) -> None:
    os.environ["TVM_NUM_THREADS"] = "1"
    tuner = importlib.import_module("bench.tuner.tvm_search")  # needs TVM
    target = given.target or tuner.system_target()
    about = {
        "machine": read_machine().title,
        "tuner": f"TVM {version('apache-tvm')} MetaSchedule, xgboost {version('xgboost')}",
        "target": json.dumps(target),
        "shape": str(given.shape),
        "threads": "1",
        "seed": str(given.seed),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    }
    tuner.search(Trials(given.file, about), given.shape, target, given.trials[-1], given.seed)


def table(file: Path, wanted: list[int]) -> str:
    about, done = read(file)
    shape = one_shape(about["shape"])
    failed = sum(trial.seconds is None for trial in done)
    lines = [
        f"`measured` on {about['date']}, {about['machine']}, {about['tuner']}, target {about['target']}; {shape}, "
        f"{about['threads']} thread, seed {about['seed']}; {len(done)} trials, {failed} of them without a speed.",
        "",
        "| trials | best so far, GFLOPS as TVM measured it | wall time, s |",
        "| ---: | ---: | ---: |",
    ]
    for mark in marks(done, wanted):
        assert mark.best.seconds is not None
        lines.append(f"| {mark.trials} | {flops(shape) / mark.best.seconds / 1e9:.1f} | {mark.wall:.0f} |")
    return "\n".join(lines)


def measure(given: argparse.Namespace) -> None:
    """The given library and TVM's best programs, each in its process, in turns, each result checked."""
    about, done = read(given.file)
    shape = one_shape(about["shape"])
    programs: dict[str, list[Mark]] = {}
    for mark in marks(done, given.trials):
        programs.setdefault(mark.best.program, []).append(mark)
    if not programs:
        raise MeasureError(f"{given.file} has no program after {given.trials[0]} trials: run the search first")
    folder = given.file.with_suffix(".programs")
    others = [_library(folder, program, found, shape) for program, found in programs.items()]
    compared = compare([own_library(given.compare), *others], [ShapeClass("", (shape,))], rounds=given.rounds)
    Console().print(render(compared))
    if given.json:
        given.json.write_text(compared.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _library(folder: Path, program: str, found: list[Mark], shape: Shape) -> Library:
    name = f"TVM {'='.join(str(mark.trials) for mark in found)}"
    return library(name, folder / f"{program}.tar", shape, (folder / program).resolve())


if __name__ == "__main__":
    sys.exit(main())
