"""Builds the emitted project of the GPU library with CMake and installs the library beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.emit.model import EmitError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.build.nvcc import Nvcc


def install(sources: Path, prefix: Path, architecture: str, nvcc: Nvcc) -> None:
    """Runs cmake, whose build folder is temporary; raises EmitError with the compiler's own words, ToolMissing."""
    cmake = shutil.which("cmake")
    if cmake is None:
        raise ToolMissing("cmake is not there (--emit sources needs none)", "pip install cmake")
    number = architecture.removeprefix("sm_").removesuffix("a")
    with tempfile.TemporaryDirectory(prefix="tensorop-") as build:
        configure = [cmake, "-S", str(sources), "-B", build, f"-DCMAKE_CUDA_COMPILER={nvcc.program}"]
        configure += [f"-DTENSOROP_CUTLASS_DIR={nvcc.cutlass}", f"-DTENSOROP_CUDA_ARCHITECTURES={number}"]
        configure += [f"-DCMAKE_INSTALL_PREFIX={prefix.resolve()}", "-DCMAKE_BUILD_TYPE=Release"]
        configure += ["-DCMAKE_INSTALL_LIBDIR=lib", f"-DPython3_EXECUTABLE={sys.executable}"]
        _run(configure)
        _run([cmake, "--build", build, "--parallel", str(len(os.sched_getaffinity(0)))])
        _run([cmake, "--install", build])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EmitError(f"{' '.join(command[:2])} failed:\n{(done.stderr or done.stdout).strip()}")
