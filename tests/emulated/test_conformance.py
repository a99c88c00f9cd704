"""The tester of tests/conformance/level3.c with each target of the library, on each emulated machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.run import find_emulator

from .conftest import Library, run
from .matrix import CASES, Row

TESTER = Path(__file__).parents[1] / "conformance" / "level3.c"
NETLIB, WIDE = (0, 1, 2, 3, 5, 9), (1, 17, 63)  # under a minute each, emulated
SMALL = [case for case in CASES if case[0].small]


def check(row: Row, factors: HardwareFactors, tester: Path, sizes: tuple[int, ...]) -> None:
    words = find_emulator(row.machine).command([str(tester), *map(str, sizes)])
    done = run(*words, TENSOROP_CORETYPE=factors.name)
    calls = len(sizes) ** 3 * 9 * 9
    found = re.findall(r"^(.+): (\d+) calls, worst ratio (\S+)$", done.stdout, re.MULTILINE)
    assert [(name, int(count)) for name, count, _ in found] == [
        ("sgemm_", calls),
        ("cblas_sgemm, columns", calls),
        ("cblas_sgemm, rows", calls),
    ]
    assert all(0 < float(ratio) < 16 for _, _, ratio in found)
    assert done.stdout.endswith(f"0 failures, target {factors.name}\n")


@pytest.fixture(scope="session")
def tester(library: Callable[[str], Library]) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def make(arch: str) -> Path:
        if arch not in made:
            made[arch] = library(arch).program(TESTER)
        return made[arch]

    return make


def names(cases: list[tuple[Row, HardwareFactors]]) -> list[str]:
    return [f"{factors.name}-on-{row.name}" for row, factors in cases]


@pytest.mark.parametrize(("row", "factors"), SMALL, ids=names(SMALL))
def test_netlib_sizes(row: Row, factors: HardwareFactors, tester: Callable[[str], Path]) -> None:
    check(row, factors, tester(row.machine.arch), NETLIB)


@pytest.mark.slow
@pytest.mark.parametrize(("row", "factors"), CASES, ids=names(list(CASES)))
def test_wide_sizes(row: Row, factors: HardwareFactors, tester: Callable[[str], Path]) -> None:
    check(row, factors, tester(row.machine.arch), WIDE)
