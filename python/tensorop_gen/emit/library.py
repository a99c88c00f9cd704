"""Builds the emitted project with its own Makefile and installs the library beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tensorop_gen.emit.model import EmitError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.build.toolchain import Toolchain


def install(sources: Path, prefix: Path, toolchain: Toolchain) -> None:
    """Runs `make install` in the emitted project; raises EmitError with the compiler's own words."""
    make = shutil.which("make")
    if make is None:
        raise EmitError("make is missing: apt-get install make, or --emit sources and build elsewhere")
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    variables = [f"CC={' '.join(toolchain.compiler)}", f"PREFIX={prefix.resolve()}"]
    done = subprocess.run([make, "-s", jobs, "install", *variables], cwd=sources, capture_output=True, text=True)
    if done.returncode != 0:
        raise EmitError(f"the library in {sources} cannot be built:\n{done.stderr.strip()}")
