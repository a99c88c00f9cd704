from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from tensorop_gen.build import Built
from tensorop_gen.request.model import LAYOUTS, Layout, Shape
from tensorop_gen.run import LocalRunner
from tensorop_gen.verify import CandidateFailed, HarnessError, Session
from tensorop_gen.verify.session import timing_case

RUNNER = LocalRunner(timeout=5.0)
SMALL = 1 << 20


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_time_is_checked_on_data_of_its_own(right: Built, layout: Layout) -> None:
    with Session(right, RUNNER, 0, SMALL) as session:
        first, second = (session.time(Shape(9, 31, 14, layout), 3) for _ in range(2))
    assert first.calls == 3
    assert first.seconds > 0
    assert first.elements == 9 * 14
    assert 0 < first.worst < 16
    assert 0 < second.worst < 16
    assert first.worst != second.worst, "each run has data of its own"


def test_large_results_are_sampled(right: Built) -> None:
    with Session(right, RUNNER, 0, 4 << 20) as session:
        assert 1000 < session.time(Shape(400, 300, 400), 1).elements < 400 * 400


def test_a_loop_that_skips_work_is_found(planted: Callable[[str], Built]) -> None:
    with Session(planted("STALE_PACKING"), RUNNER, 0, SMALL) as session, pytest.raises(CandidateFailed) as error:
        session.time(Shape(20, 100, 20), 5)
    assert error.value.failure.kind == "element"


def test_an_input_written_in_the_loop_is_found(planted: Callable[[str], Built]) -> None:
    with Session(planted("RUN_WRITES_A"), RUNNER, 0, SMALL) as session, pytest.raises(CandidateFailed) as error:
        session.time(Shape(1, 1, 20), 5)
    assert error.value.failure.kind == "write"


def test_a_hanging_candidate_is_ended(planted: Callable[[str], Built]) -> None:
    with Session(planted("LOOPS_FOREVER"), LocalRunner(0.5), 0, SMALL) as session:
        session.check(["direct_n m=3"])
        failure = session.report().failure
    assert failure is not None
    assert failure.kind == "timeout"


def test_operands_over_the_capacity(right: Built) -> None:
    with Session(right, RUNNER, 0, SMALL) as session, pytest.raises(HarnessError, match="do not fit"):
        session.time(Shape(1024, 1024, 1024), 1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_row_major_shape_as_canonical_strides(layout: Layout) -> None:
    """C (m x n, row-major) = op(A) op(B), computed from the strides of the column-major case."""
    m, k, n = 3, 5, 4
    rng = np.random.default_rng(0)
    a = rng.random((m, k) if layout[0] == "N" else (k, m))
    b = rng.random((k, n) if layout[1] == "N" else (n, k))
    want = (a if layout[0] == "N" else a.T) @ (b if layout[1] == "N" else b.T)
    case = dict(word.split("=") for word in timing_case(Shape(m, k, n, layout), 1).split()[1:])
    s = {name: int(value) for name, value in case.items() if value.lstrip("-").isdigit()}
    left = as_strided(b, (s["m"], s["k"]), (8 * s["a_rs"], 8 * s["a_cs"]))
    right = as_strided(a, (s["k"], s["n"]), (8 * s["b_rs"], 8 * s["b_cs"]))
    assert (s["m"], s["n"], s["ldc"]) == (n, m, n)
    np.testing.assert_allclose((left @ right).T, want)


def test_candidate_is_locked_in(right: Built) -> None:
    """System calls filtered, no new privileges, no open file but its two pipes and standard error; of the verifier's
    memory nothing but the operands, the inputs for reading only."""
    with Session(right, RUNNER, 0, SMALL) as session:
        pid = session.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines())
        files = {int(link.name): str(link.readlink()) for link in Path(f"/proc/{child}/fd").iterdir()}
        maps = [line.split() for line in Path(f"/proc/{child}/maps").read_text().splitlines()]
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
    assert set(files) == {0, 1, 2}
    assert files[0].startswith("pipe:")
    assert files[1].startswith("pipe:")
    shared = {int(line[2], 16) // SMALL: line[1] for line in maps if line[1].endswith("s")}
    assert shared == {slot: "r--s" if slot < 2 else "rw-s" for slot in range(6)}
