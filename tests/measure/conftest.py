"""Libraries with planted faults, compiled from fake_blas.c."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorop_gen.build.toolchain import find_toolchain, native_arch
from tensorop_gen.measure.peers import Library

CBLAS = "CBLAS(cblas_sgemm, int)"
Fake = Callable[..., Library]


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Fake:
    """fake(fault, entry) -> the library, named after its fault."""
    folder = tmp_path_factory.mktemp("fakes")
    toolchain = find_toolchain(f"{native_arch()}-linux-gnu")
    source = Path(__file__).with_name("fake_blas.c")

    def make(fault: str = "HONEST", entry: str = CBLAS) -> Library:
        path = folder / f"{fault}-{abs(hash(entry))}.so"
        if not path.exists():
            words = [
                *toolchain.compiler,
                "-O2",
                "-shared",
                "-fPIC",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wno-unused-function",
            ]
            subprocess.run([*words, f"-DFAULT={fault}", f"-DENTRY={entry}", str(source), "-o", str(path)], check=True)
        return Library(fault.lower(), path)

    return make
