"""A comparison with known numbers."""

from __future__ import annotations

from tensorop_gen.measure.model import Comparison, LibraryFacts, MachineFacts, MissingPeer, Result
from tensorop_gen.request.model import Shape

TINY, LARGE, SKINNY = Shape(8, 8, 8), Shape(100, 100, 100, "TN"), Shape(1, 100, 100)
MACHINE = MachineFacts(
    cpu="Some CPU", processors=2, caches=(), isa="AVX-512", flops_per_cycle=64, clock_ghz=(2.5, 3.0), kernel="6.1",
    huge_pages="madvise", virtual=True,
)  # fmt: skip


def result(shape_class: str, shape: Shape, threads: int, library: str, seconds: list[float]) -> Result:
    """Peak 100 GFLOPS a thread, bandwidth 10 GB/s."""
    return Result(
        shape_class=shape_class, m=shape.m, k=shape.k, n=shape.n, layout=shape.layout, threads=threads,
        library=library, status="ok", seconds=tuple(seconds), peak_flops=(1e11 * threads,) * len(seconds),
        read_bytes=(1e10,) * len(seconds) if shape_class == "skinny" else (), before=1.0, after=1.25,
    )  # fmt: skip


def comparison() -> Comparison:
    """ours against fast and slow; slow's large result is wrong; seven rounds, of which one is an outlier for all."""
    rounds = [1.0] * 6 + [3.0]
    wrong = result("large", LARGE, 1, "slow", []).model_copy(update={"status": "wrong", "note": "wrong result: r = 99"})
    results = [
        result("tiny", TINY, 1, "ours", [2e-8 * r for r in rounds]),
        result("tiny", TINY, 1, "fast", [1e-8 * r for r in rounds]),
        result("tiny", TINY, 1, "slow", [8e-8 * r for r in rounds]),
        result("large", LARGE, 1, "ours", [4e-5 * r for r in rounds]),
        result("large", LARGE, 2, "ours", [2e-5 * r for r in rounds]),
        result("large", LARGE, 1, "fast", [8e-5 * r for r in rounds]),
        result("large", LARGE, 2, "fast", [8e-5 * r for r in rounds]),
        wrong,
        result("skinny", SKINNY, 1, "ours", [1e-5] * 7),
    ]
    return Comparison(
        date="2026-01-02T03:04:05+00:00", generator="0.1.0", seed=1, rounds=7, burst_ms=25, machine=MACHINE,
        ours="ours", libraries=(LibraryFacts(name="fast", file="libfast.so", symbol="sgemm_", identity="Fast 1.0"),),
        missing=(MissingPeer(name="MKL", reason="make bench-peers"),), results=tuple(results),
    )  # fmt: skip
