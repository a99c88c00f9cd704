#!/usr/bin/env python3
"""Proves, tunes and measures the GPU library in one call of under ten minutes; the table comes last.

Where tensorop-gen's dependencies and CUTLASS's headers are (no GPU is needed):

    bench/cuda/run_all.py --prepare FOLDER --gpu h100

writes sources and headers and, where there is an nvcc, builds FOLDER/driver, a program of some megabytes that needs
nothing but the GPU's driver. Where the GPU is, with nothing but python3 and FOLDER (no network):

    python3 FOLDER/run_all.py --run FOLDER --json results.json --rates rates.json

It builds FOLDER/driver first if it is not there or does not run (--nvcc names the compiler). FOLDER/driver, facts.json,
tensorop_gen/ and the scripts are all that must travel where it is; FOLDER without objects/ where it is not.

--run goes through these steps, the most wanted first, each with a limit of time, each kernel in a process of its own,
results kept after every process: facts of the device; a few cases of one kernel of each sketch; proof of every
kernel (poisoned outputs, guards, all transposes, edges, odd addresses, splits, batches); its rate, by which the library
chooses from then on; speed beside cuBLAS by turns, with fresh operands, L2 flushed, medians; the tuner's search over
all kernels, whose trials FOLDER/history.jsonl keeps; compute-sanitizer, where it is found. cuBLAS is not carried (half
a gigabyte): it is looked for among Python's, the toolkit's and the system's libraries, or named with --cublas; without
it the library is timed alone. With neither option both are done in ./gpu-bench.

rates.json is what the library chooses kernels by: copy it to kernels/tuned/nvptx64-nvidia-cuda/<gpu>.json.
Exit codes: 0 done, 1 a step failed or the time was up, 3 something is missing, 4 a result is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "python"
if PACKAGE.is_dir():  # else it lies beside this script
    sys.path.append(str(PACKAGE))

from build import build  # noqa: E402
from steps import run_steps  # noqa: E402

MISSING = 3


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepare", type=Path, metavar="FOLDER", help="build there and stop")
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="run what was prepared there")
    parser.add_argument("--gpu", default="h100", help="whose kernels to prepare (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="A,B", help="symbols of kernels to prepare (default: all)")
    parser.add_argument(
        "--given",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a language model's kernel, may be repeated",
    )
    parser.add_argument("--nvcc", metavar="FILE", help="the compiler (default: CUDACXX, else PATH's)")
    parser.add_argument("--objects", type=Path, metavar="DIR", help="where objects are kept (default: FOLDER/objects)")
    parser.add_argument("--cublas", metavar="FILE", help="libcublas.so to compare with")
    parser.add_argument("--seconds", type=float, default=540, help="for --run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="timed turns of each library (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all results")
    parser.add_argument("--rates", type=Path, metavar="FILE", help="keep the rates")
    return parser.parse_args()


def main() -> int:
    options, began = parse(), time.monotonic()
    folder = options.prepare or options.run or Path("gpu-bench")
    if not options.run:
        from prepare import prepare  # needs tensorop-gen

        prepare(folder, options.gpu, tuple(name for name in options.only.split(",") if name), tuple(options.given))
    if not (folder / "facts.json").is_file():
        print(f"{folder} is not prepared: run_all.py --prepare {folder}", file=sys.stderr)
        return MISSING
    architecture = json.loads((folder / "facts.json").read_text())["architecture"]

    def make() -> bool:
        return build(folder, architecture, options.nvcc, options.objects)

    there = (folder / "driver").is_file() if options.run else make()
    if options.prepare:
        print(f"prepared{'' if there else ', without a driver'}: python3 {folder}/run_all.py --run {folder}")
        return 0
    if not there and not make():
        return MISSING
    options.run, options.seconds = folder, options.seconds - (time.monotonic() - began)
    return run_steps(folder, options, make)


if __name__ == "__main__":
    sys.exit(main())
