"""Netlib's level 3 testers (Debian's libblas-test) with the library put before the reference BLAS."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

SCALARS = 3 * 3  # values of alpha times values of beta in the input files
TRANSPOSES = 3 * 3
SIZES = ("0 1 2 3 5 9", "0 1 7 16 31 63")


@pytest.fixture(scope="session")
def testers() -> Path:
    """The folder of the testers and their input files."""
    found = sorted(Path("/usr/lib").glob("*/blas/xblat3s"))
    assert found, "Netlib's testers are missing: apt-get install libblas-test"
    return found[0].parent


def run(tester: Path, data: Path, sizes: str, library: Path, target: str, folder: Path) -> tuple[str, str]:
    """What the tester reports, and what the library says of each call."""
    text = data.read_text().replace("0 1 2 3 5 9", sizes)
    assert sizes in text
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "TENSOROP_CORETYPE": target,
        "TENSOROP_VERBOSE": "1",
    }
    done = subprocess.run([tester], input=text, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    summary = folder / "sblat3.out"
    return (summary.read_text() if summary.exists() else done.stdout), done.stderr


def calls(sizes: str) -> tuple[int, int]:
    """Calls that the tester makes, and those of them that have elements to compute, which are reported."""
    count = len(sizes.split())
    filled = sum(size != "0" for size in sizes.split())
    return count**3 * TRANSPOSES * SCALARS, filled**2 * count * TRANSPOSES * SCALARS


def reported(log: str, layout: str, target: str) -> int:
    return len(re.findall(rf"^tensorop: sgemm {layout} .* target {re.escape(target)} ", log, re.MULTILINE))


@pytest.mark.parametrize("sizes", SIZES)
def test_fortran(library: Path, targets: tuple[str, ...], testers: Path, tmp_path: Path, sizes: str) -> None:
    for target in targets:
        report, log = run(testers / "xblat3s", testers / "sblat3.in", sizes, library, target, tmp_path)
        total, filled = calls(sizes)
        assert "SGEMM  PASSED THE TESTS OF ERROR-EXITS" in report, target
        assert f"SGEMM  PASSED THE COMPUTATIONAL TESTS ({total:6d} CALLS)" in report, target
        assert "FAIL" not in report
        assert reported(log, "col", target) == filled


@pytest.mark.parametrize("sizes", SIZES)
def test_cblas(library: Path, targets: tuple[str, ...], testers: Path, tmp_path: Path, sizes: str) -> None:
    for target in targets:
        report, log = run(testers / "xscblat3", testers / "sin3", sizes, library, target, tmp_path)
        total, filled = calls(sizes)
        assert "cblas_sgemm  PASSED THE TESTS OF ERROR-EXITS" in report, target
        assert f"cblas_sgemm  PASSED THE COLUMN-MAJOR COMPUTATIONAL TESTS ({total:6d} CALLS)" in report, target
        assert f"cblas_sgemm  PASSED THE ROW-MAJOR    COMPUTATIONAL TESTS ({total:6d} CALLS)" in report, target
        assert "FAIL" not in report
        assert reported(log, "col", target) == filled
        assert reported(log, "row", target) == filled
