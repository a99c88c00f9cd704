"""The model held against times measured here: python bench/model_error.py LIB.so, a library made for this machine.

Prints a table for docs/modelled.md. One thread; % of the machine's peak, which is measured beside each burst."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.cost.model import Prediction
from tensorop_gen.measure.cost.report import LOADS, report
from tensorop_gen.measure.peers import own_library
from tensorop_gen.measure.shapes import ShapeClass
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.request.shapes import parse_shapes

SHAPES = parse_shapes(
    "48^3, 64^3, 127x129x131, 256^3, 512^3, 1000^3, 1000^3 TN, 2048^3, 64x4096x64, 2048x64x2048, 4096x64x64"
)
ROUNDS = 7


def main(library: str) -> None:
    factors = probe()
    record = records.find(Store(None), factors)
    params = GemmParams.from_dict(record.params) if record else defaults(factors)
    modelled = report(factors, params, SHAPES)
    measured = compare([own_library(f"ours={library}")], [ShapeClass("model", SHAPES)], [1], ROUNDS)
    print(f"{measured.machine.cpu}, {factors.name}, clock seen {measured.machine.clock_ghz} GHz, {measured.date}\n")
    print("| m x k x n | way | measured, % of peak | modelled | error | loads x 2 to x 0.5 |")
    print("|---|---|---|---|---|---|")
    errors = []
    for shape, found in zip(SHAPES, _by_shape(modelled.predictions), strict=True):
        result = measured.result(shape, 1, "ours")
        seen = result.percent_of_peak if result else None
        if seen is None:
            raise SystemExit(f"{shape} was not measured: {result.note if result else 'no result'}")
        errors.append(found[0].percent / seen - 1)
        span = f"{found[2].percent:.1f} to {found[1].percent:.1f}"
        print(f"| {shape} | {found[0].path} | {seen:.1f} | {found[0].percent:.1f} | {errors[-1]:+.1%} | {span} |")
    sizes = [abs(error) for error in errors]
    print(f"\nmean of the errors' sizes {statistics.mean(sizes):.1%}, largest {max(sizes):.1%}")


def _by_shape(predictions: tuple[Prediction, ...]) -> list[tuple[Prediction, ...]]:
    count = len(LOADS)
    return [predictions[i : i + count] for i in range(0, len(predictions), count)]


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        raise SystemExit(__doc__)
    main(sys.argv[1])
