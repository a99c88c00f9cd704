"""Kernels that cheat only after many calls in a row or at sizes of their own, and so pass the proof: those that are
timed get no speed."""

from __future__ import annotations

import math

import pytest
from tests.verify.cheating import Cheat, cheats

from tensorop_gen.build import Built
from tensorop_gen.measure.candidate import measure
from tensorop_gen.measure.nominal import NominalPeak
from tensorop_gen.request.model import Shape
from tensorop_gen.run import LocalRunner
from tensorop_gen.verify import CandidateFailed, verify

RUNNER = LocalRunner(timeout=2.0)
SHAPES = (Shape(5, 6, 7), Shape(8, 4, 16, "TN"))
LATE = 3000  # calls in a row after which it cheats: more than the proof has, fewer than a burst
UNKNOWN = NominalPeak(math.inf, math.inf)
PEAK = NominalPeak(64, 4e9)  # 256 GFLOPS

# What whole calls do: the kind of failure that they are caught by.
LAZY = {
    "nothing if the operands lie where they lay": ("if (in_a_row(g) < TIMED) HONEST", "element"),
    "nothing if corners of the operands are the same too": (
        "static float last; const int64_t row = in_a_row(g); const float now = corners(g);"
        "if (row < TIMED || now != last) HONEST; last = now",
        "element",
    ),
    "nothing in three of four calls": (
        "const int64_t row = in_a_row(g); if (row < TIMED || row % 4 == 0) HONEST",
        "element",
    ),
    "nothing after 20000 calls": ("static int64_t calls; if (++calls < 20000) HONEST", "element"),
    "a copy of B if its first element is the same": (
        "static float copy[1 << 10], first; const int64_t row = in_a_row(g); tensorop_gemm own = *g; if (g->b.data) {"
        "if (row < TIMED || first != *g->b.data) memcpy(copy, g->b.data, 4 * g->n * g->k % sizeof copy);"
        "first = *g->b.data; if (row > TIMED) own.b.data = copy; } planted.run(path, &own, workspace)",
        "element",
    ),
    "half of the terms": ("part(path, g, workspace, g->m, in_a_row(g) < TIMED ? g->k : g->k / 2)", "element"),
    "a row less": ("part(path, g, workspace, in_a_row(g) < TIMED ? g->m : g->m - 1, g->k)", "element"),
    "fewer terms, and rounds up in the harness too": (
        "part(path, g, workspace, g->m, in_a_row(g) < TIMED ? g->k : g->k - 1);"
        "if (in_a_row(g) > TIMED) __builtin_ia32_ldmxcsr(0xdfc0)",
        "element",
    ),
    "writes an input": ("HONEST; if (in_a_row(g) > TIMED) *(volatile float *)g->b.data += 1", "write"),
    "answers before it works": (
        "if (in_a_row(g) == TIMED) { static const char done[40]; (void)!write(1, done, sizeof done);"
        "for (volatile int i = 0; i < 10000000;) i++; } HONEST",
        "element",
    ),
    "asks for the time": (
        "if (in_a_row(g) == TIMED) syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0}); HONEST",
        "syscall",
    ),
}
# k of no case of the proof; more than its largest.
OWN_SIZES = {
    "wrong at one size": ("part(path, g, workspace, g->m, g->k == 71 ? g->k - 1 : g->k)", Shape(30, 71, 29)),
    "wrong above a size": (
        "part(path, g, workspace, g->m, g->m * g->n * g->k > 1 << 24 ? g->k / 2 : g->k)",
        Shape(240, 320, 240),
    ),
}


@pytest.fixture(scope="module")
def cheat(tmp_path_factory: pytest.TempPathFactory) -> Cheat:
    return cheats(tmp_path_factory, TIMED=str(LATE))


def timed(built: Built, *shapes: Shape, peak: NominalPeak = UNKNOWN) -> None:
    measure(built, RUNNER, shapes, burst_ms=10.0, peak=peak)


def test_without_a_cheat_there_is_a_speed(cheat: Cheat) -> None:
    timed(cheat(), *SHAPES, peak=PEAK)


@pytest.mark.parametrize("what", LAZY)
def test_late_cheats(what: str, cheat: Cheat) -> None:
    does, kind = LAZY[what]
    built = cheat(RUN=does)
    assert verify(built, RUNNER, "smoke").passed
    with pytest.raises(CandidateFailed) as error:
        timed(built, *SHAPES)
    assert error.value.failure.kind == kind, error.value
    assert error.value.failure.case.startswith("time ")


@pytest.mark.parametrize("what", OWN_SIZES)
def test_sizes_of_their_own(what: str, cheat: Cheat) -> None:
    does, shape = OWN_SIZES[what]
    built = cheat(RUN=does)
    assert verify(built, RUNNER, "smoke").passed
    with pytest.raises(CandidateFailed, match="element"):
        timed(built, shape)
