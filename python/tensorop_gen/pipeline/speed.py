"""How fast the emitted library is: shape by shape, as a share of the peak measured beside it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tensorop_gen.measure.analysis import ratio
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.peers import Library
from tensorop_gen.measure.shapes import ShapeClass, flops
from tensorop_gen.measure.statistics import estimate, ratios
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.request.shapes import parse_shapes

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.measure.model import Comparison, Result
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.request.model import Shape

SHOWN = parse_shapes("64^3, 127x129x131, 256^3, 1000^3, 2048^3, 64x4096x64, 4x4096x4096")
ROUNDS = 7
PORTABLE_FLOPS = 2 * 256**3  # the portable kernels take too long on larger ones


class SlowError(NotProvenError):
    """A library that is slower than its own portable kernels."""


def measured(library: Path, shapes: tuple[Shape, ...], say: Reporter) -> tuple[Measurement, ...]:
    """Of the shapes given, else of a few that tell much; on one thread and on all. Nothing where it cannot be had.

    Raises SlowError where the library is surely slower than its own portable kernels."""
    chosen = shapes or SHOWN
    own = Library("TensorOp", library.resolve())
    portable = Library("portable", own.path, {"TENSOROP_CORETYPE": "generic"}, PORTABLE_FLOPS)
    threads = sorted({1, len(os.sched_getaffinity(0))})
    done: list[Shape] = []

    def progress(shape: Shape) -> None:
        done.append(shape)
        say.progress("measure", len(done), len(chosen))

    try:
        found = compare([own, portable], [ShapeClass("chosen", chosen)], threads, ROUNDS, progress=progress)
    except MeasureError as error:
        say.note(f"not measured: {error}")
        return ()
    _refuse_slow(found, chosen, threads, portable.name)
    rows = [found.result(shape, count, own.name) for count in threads for shape in chosen]
    return tuple(_measurement(row) for row in rows if row and row.shown)


def _refuse_slow(found: Comparison, shapes: tuple[Shape, ...], threads: list[int], portable: str) -> None:
    for shape in shapes:
        for count in threads:
            speedup = ratio(found, shape, count, portable)
            if speedup and speedup.high < 1:
                raise SlowError(
                    f"{shape} on {count} threads has {speedup.value:.2f} of the portable kernels' speed; if the "
                    "machine was busy, run this again when it is idle"
                )


def _measurement(row: Result) -> Measurement:
    work = flops(row.shape)
    share = estimate([100 * part for part in ratios([work / s for s in row.seconds], row.peak_flops)])
    return Measurement(
        shape=row.shape,
        threads=row.threads,
        kind="measured",
        rounds=len(row.seconds),
        gflops=row.gflops or 0.0,
        percent_of_peak=share.value,
        interval=(share.low, share.high),
        before=row.before or 0.0,
        after=row.after or 0.0,
    )
