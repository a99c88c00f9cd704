"""The model held against times measured on this machine: python bench/model_error.py (a busy one: chrt -f 10 python …).

Prints the tables of docs/modelled.md: the candidate of this machine's record on shapes of all kinds, then others with
worse parameters, everything packed. One thread; % of the machine's peak, which is measured beside each burst."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.candidate import build
from tensorop_gen.cache import records
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.candidate import measure
from tensorop_gen.measure.cost.report import LOADS
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.operators.gemm.params import GemmParams, defaults, lanes
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.run import LocalRunner

SHAPES = parse_shapes(
    "48^3, 64^3, 127x129x131, 256^3, 512^3, 1000^3, 1000^3 TN, 2048^3, 64x4096x64, 2048x64x2048, 4096x64x64"
)
PACKED = {"direct_work": 0, "direct_pack_work": 0, "direct_min_rows": 0, "direct_min_columns": 0}
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "tile 1 x 8": {"vectors": 1, "nr": 8},
    "tile 1 x 4": {"vectors": 1, "nr": 4},
    "tile 1 x 3": {"vectors": 1, "nr": 3},
    "tile 1 x 2": {"vectors": 1, "nr": 2},
    "one k-step a pass": {"unroll": 1},
    "KC = 32": {"kc": 32},
    "NC = 16": {"nc": 16},
}
VARIED = parse_shapes("200^3, 1000^3")
Row = tuple[str, Shape, float, float]


def main() -> None:
    factors = probe()
    record = records.find(Store(None), factors)
    params = GemmParams.from_dict(record.params) if record else defaults(factors)
    print(f"{factors.title}, target {factors.name}\n")
    print("| m x k x n | way | measured, % of peak | modelled | error | loads x 2 to x 0.5 |")
    print("|---|---|---|---|---|---|")
    rows = list(compared(factors, params, SHAPES, ""))
    for _, shape, seen, said in rows:
        spans = [Model(factors, params, loads=loads).predict(shape).percent for loads in LOADS]
        way = Model(factors, params).path(shape)
        print(
            f"| {shape} | {way} | {seen:.1f} | {said:.1f} | {said / seen - 1:+.1%} | {spans[2]:.1f} to {spans[1]:.1f} |"
        )
    tell(rows)
    print("| parameters | m x k x n | measured, % of peak | modelled | error |\n|---|---|---|---|---|")
    rows = [row for name in VARIANTS for row in compared(factors, varied(params, factors, name), VARIED, name)]
    for name, shape, seen, said in rows:
        print(f"| {name} | {shape} | {seen:.1f} | {said:.1f} | {said / seen - 1:+.1%} |")
    tell(rows)


def varied(params: GemmParams, factors: HardwareFactors, name: str) -> GemmParams:
    """Blocks are rounded to whole tiles."""
    changed = replace(params, **PACKED | VARIANTS[name])
    mr = changed.mr(lanes(factors, changed.group))
    return replace(changed, mc=max(changed.mc // mr, 1) * mr, nc=max(changed.nc // changed.nr, 1) * changed.nr)


def compared(factors: HardwareFactors, params: GemmParams, shapes: Sequence[Shape], name: str) -> Iterator[Row]:
    """Name, shape, % of peak as measured and as modelled."""
    candidate = BuiltinAuthor().write(Request("model"), factors, params)
    with tempfile.TemporaryDirectory() as folder:
        built = build(candidate, find_toolchain(factors.triple), Path(folder))
        for found in measure(built, LocalRunner(), shapes):
            yield name, found.shape, found.percent_of_peak, Model(factors, params).predict(found.shape).percent


def tell(rows: list[Row]) -> None:
    sizes = [abs(said / seen - 1) for _, _, seen, said in rows]
    print(f"\nMean of the errors' sizes {statistics.mean(sizes):.1%}, largest {max(sizes):.1%}.\n")


if __name__ == "__main__":
    main()
