"""The shared library under test: TENSOROP_LIB names one, else one is built from this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of libtensorop.so."""
    given = os.environ.get("TENSOROP_LIB")
    if given:
        return Path(given).resolve(strict=True)
    build = tmp_path_factory.mktemp("library")
    for command in (
        ["cmake", "-S", str(ROOT), "-B", str(build), f"-DPython3_EXECUTABLE={sys.executable}", "-DTENSOROP_TESTS=OFF"],
        ["cmake", "--build", str(build), "--target", "tensorop"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return build / "libtensorop.so"


@pytest.fixture(scope="session")
def targets(library: Path) -> tuple[str, ...]:
    """Names of the library's targets that this CPU can run: it lists them when it is asked for one it has not."""
    done = subprocess.run(
        [sys.executable, "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", library],
        env={**os.environ, "TENSOROP_CORETYPE": "?"},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = re.search(r"There is:(.*)", done.stderr)
    assert listed, done.stderr
    return tuple(listed[1].split())
