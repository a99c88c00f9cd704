"""Writes what was asked for: the project, the library built from it, or three files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import filelock

from tensorop_gen.emit.amalgamation import amalgamate
from tensorop_gen.emit.library import install
from tensorop_gen.emit.model import EmitError
from tensorop_gen.emit.project import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tensorop_gen.build import Toolchain
    from tensorop_gen.emit.model import Kind

LOCK_SECONDS = 600.0  # another run into the same folder takes far less


def emit(project: Mapping[str, str], out: Path, kind: Kind, toolchain: Toolchain) -> None:
    """library: src/, lib/, include/; sources: src/; amalgamation: three files. Two runs into one folder take turns.

    Raises EmitError, ToolMissing."""
    with _writing(out):
        if kind == "amalgamation":
            write(amalgamate(project, toolchain.triple), out)
            return
        write(project, out / "src")
        if kind == "library":
            install(out / "src", out, toolchain)


def write_out(files: Mapping[str, str], out: Path) -> None:
    """Writes files below out; raises EmitError."""
    with _writing(out):
        write(files, out)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """One run at a time; turns the system's errors into EmitError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(out / ".lock", timeout=LOCK_SECONDS):
            yield
    except filelock.Timeout:
        raise EmitError(f"another run is still writing {out}; choose another folder with --out") from None
    except OSError as error:
        raise EmitError(f"cannot write {out}: {error}; free some room or choose another folder with --out") from error
