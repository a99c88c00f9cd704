"""pytest-benchmark's view of tiny and mid shapes: one cblas_sgemm call as Python makes it.

Its own time holds about a microsecond of ctypes; `extra_info` holds what the library itself does, measured by the
worker beside the peak kernel: gflops, percent_of_peak, and r, the worst element-wise error ratio.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.peers import Library
from tensorop_gen.measure.shapes import ShapeClass, load_classes
from tensorop_gen.request.model import Shape

ROW_MAJOR, NO_TRANS = 101, 111
SHAPES = [shape for one in load_classes() if one.name in ("tiny", "mid") for shape in one.shapes]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sgemm(benchmark: BenchmarkFixture, library: Library, shape: Shape) -> None:
    benchmark.group = str(shape)
    benchmark(_call(library, shape))
    result = compare([library], [ShapeClass("", (shape,))], rounds=3).results[0]
    assert result.status in ("ok", "suspicious"), result.note
    benchmark.extra_info.update(
        gflops=result.gflops,
        percent_of_peak=result.percent_of_peak,
        r=max(result.before or 0.0, result.after or 0.0),
        status=result.status,
    )


def _call(library: Library, shape: Shape) -> Callable[[], None]:
    """A call with everything but the call itself done before."""
    sgemm = ctypes.CDLL(str(library.path)).cblas_sgemm
    sgemm.argtypes = [
        *[ctypes.c_int] * 6, ctypes.c_float, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
        ctypes.c_float, ctypes.c_void_p, ctypes.c_int,
    ]  # fmt: skip
    sgemm.restype = None
    random = np.random.default_rng(1)
    a = random.uniform(-1, 1, (shape.m, shape.k)).astype(np.float32)
    b = random.uniform(-1, 1, (shape.k, shape.n)).astype(np.float32)
    c = np.empty((shape.m, shape.n), np.float32)
    pointers = (a.ctypes.data, b.ctypes.data, c.ctypes.data)

    def call(keep: tuple[object, ...] = (a, b, c)) -> None:  # noqa: ARG001  (the arrays must live as long as the call)
        sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, shape.m, shape.n, shape.k, 1.0, pointers[0], shape.k, pointers[1], shape.n,
              0.0, pointers[2], shape.n)  # fmt: skip

    return call
