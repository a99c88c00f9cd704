"""The library built and installed once from shipped records, with the CMake of the machine, then moved elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONSUMERS = ROOT / "tests" / "consumer"


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """The standard output of a command that must succeed; the failure shows all of its output. What is installed is to
    be found, not what PYTHONPATH may name here."""
    merged = {**os.environ, **(env or {})}
    merged.pop("PYTHONPATH", None)
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=merged, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def cmake_project(source: Path, build: Path, *options: str, generator: str = "Ninja") -> None:
    """Configure, build and test a CMake project; a project without a test fails."""
    run("cmake", "-S", source, "-B", build, "-G", generator, f"-DPython3_EXECUTABLE={sys.executable}", *options)
    run("cmake", "--build", build)
    run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error")


@dataclass(frozen=True)
class Library:
    build: Path
    prefix: Path  # moved after the installation

    @property
    def shared(self) -> Path:
        return self.prefix / "lib" / "libtensorop.so"


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("library")
    build, prefix, moved = folder / "build here", folder / "installed", folder / "moved to here"
    options = [f"-DCMAKE_INSTALL_PREFIX={prefix}", "-DCMAKE_INSTALL_LIBDIR=lib", "-DTENSOROP_TESTS=OFF"]
    run("cmake", "-S", ROOT, "-B", build, "-G", "Ninja", f"-DPython3_EXECUTABLE={sys.executable}", *options)
    run("cmake", "--build", build)
    run("cmake", "--install", build)
    prefix.rename(moved)
    return Library(build, moved)
