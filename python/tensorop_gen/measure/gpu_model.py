"""Speeds of GPU kernels where no GPU is asked: by occupancy, waves of blocks and roofline. Everything is `modelled`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorop_gen.operators.gemm.cuda.variant import ELEMENT, symbol
from tensorop_gen.request.shapes import parse_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.operators.gemm.cuda.variant import Variant
    from tensorop_gen.request.model import Shape

EDGE_STEPS = 48  # steps of k that filling the pipeline and storing a tile cost: as kernels/cuda/plan.c reckons
# m x k x n: the paper's eight.
SHAPES = parse_shapes("2048^3,4096^3,8192^3,16384^3,16384x8192x1280,16384x1024x8192,16384x8192x7168,16384x3584x8192")


@dataclass(frozen=True, slots=True)
class Estimate:
    """share: of the published peak. bound: what the time goes by, "arithmetic", "waves" (multiprocessors that wait for
    the last blocks) or "memory"."""

    shape: Shape
    variant: Variant
    tflops: float
    share: float
    bound: str

    def __str__(self) -> str:
        at = f"{self.shape.m}x{self.shape.k}x{self.shape.n}"
        return f"{at}: {self.tflops:.0f} TFLOPS, {self.share:.0%} of peak, by {self.bound} ({self.variant.name})"


def estimate(gpu: GpuFactors, variant: Variant, shape: Shape) -> Estimate:
    """One kernel on one product. The variant's rate holds what occupancy and issue slots leave of a multiprocessor's
    peak; whole waves of tiles share the multiprocessors; each operand is read and C written once."""
    tiles = math.ceil(shape.m / variant.bm) * math.ceil(shape.n / variant.bn)
    waves = tiles / gpu.multiprocessors
    tile = variant.bm * variant.bn * (shape.k + EDGE_STEPS) / variant.modelled_rate(gpu)
    clocks = math.ceil(waves) * tile
    moved = ELEMENT[variant.operands] * (shape.m * shape.k + shape.k * shape.n + shape.m * shape.n)
    peak = getattr(gpu.peak, variant.operands)
    clock = (
        0.5e3 * peak / gpu.multiprocessors / gpu.rate(variant.operands)
    )  # GHz that the published peak is reckoned with
    arithmetic, memory = clocks / clock, moved / gpu.bandwidth.value  # nanoseconds
    tflops = 2e-3 * shape.m * shape.n * shape.k / max(arithmetic, memory)
    bound = "memory" if memory > arithmetic else "waves" if math.ceil(waves) > 1.15 * waves else "arithmetic"
    return Estimate(shape, variant, tflops, tflops / peak, bound)


def fastest(gpu: GpuFactors, variants: Sequence[Variant], shape: Shape) -> Estimate:
    return max((estimate(gpu, variant, shape) for variant in variants), key=lambda found: found.tflops)


def record(gpu: GpuFactors, variants: Sequence[Variant]) -> dict[str, Any]:
    """What ships for a GPU that was not at hand (kernels/tuned/nvptx64-nvidia-cuda/<gpu>.json): the kernels' modelled
    rates, in multiply-adds of a multiprocessor in a clock, and the speeds that follow on the paper's shapes."""
    speeds = [
        {
            "operands": operands,
            "shape": f"{found.shape.m}x{found.shape.k}x{found.shape.n}",
            "kernel": symbol(found.variant),
            "tflops": round(found.tflops, 1),
            "bound": found.bound,
        }
        for operands in dict.fromkeys(variant.operands for variant in variants)
        for shape in SHAPES
        for found in [fastest(gpu, [variant for variant in variants if variant.operands == operands], shape)]
    ]
    rates = {symbol(variant): round(variant.modelled_rate(gpu), 1) for variant in variants}
    by = "occupancy, waves of blocks and roofline; no GPU was asked"
    return {"schema": 1, "kind": "modelled", "gpu": gpu.name, "by": by, "rates": rates, "speeds": speeds}
