"""Builds the emitted project with its own Makefile and installs the library beside it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

from tensorop_gen.build import ToolMissing
from tensorop_gen.emit.model import EmitError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.build import Toolchain

LIBRARY = "lib/libtensorop.so"


def install(sources: Path, prefix: Path, toolchain: Toolchain) -> None:
    """Runs `make install` in the emitted project; raises EmitError with the compiler's own words."""
    make = shutil.which("make")
    if make is None:
        raise ToolMissing("make is not there (--emit sources needs none)", "sudo apt-get install make")
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    words = {"CC": toolchain.compiler, "AR": toolchain.archiver}
    words |= {"C_FLAGS": toolchain.c_flags, "ASM_FLAGS": toolchain.asm_flags}
    variables = [*(f"{name}={shlex.join(value)}" for name, value in words.items()), f"PREFIX={prefix.resolve()}"]
    # Without the variables of a make that this run is a step of: its job server and targets are not ours.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "DESTDIR")}
    command = [make, "-s", jobs, "install", *variables]
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EmitError(f"the library in {sources} cannot be built:\n{done.stderr.strip()}")
