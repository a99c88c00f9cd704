"""Writes what was asked for: the project, the library built from it, or three files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.emit.amalgamation import amalgamate
from tensorop_gen.emit.library import install
from tensorop_gen.emit.project import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tensorop_gen.build import Toolchain
    from tensorop_gen.emit.model import Kind


def emit(project: Mapping[str, str], out: Path, kind: Kind, toolchain: Toolchain) -> None:
    """library: src/, lib/, include/; sources: src/; amalgamation: three files. Raises EmitError, ToolMissing."""
    if kind == "amalgamation":
        write(amalgamate(project, toolchain.triple), out)
        return
    write(project, out / "src")
    if kind == "library":
        install(out / "src", out, toolchain)
