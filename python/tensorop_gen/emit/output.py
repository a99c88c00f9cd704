"""Writes what was asked for: the project, the library built from it, or three files."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import filelock

from tensorop_gen.emit.amalgamation import amalgamate
from tensorop_gen.emit.library import install
from tensorop_gen.emit.model import EmitError
from tensorop_gen.emit.project import write
from tensorop_gen.request.model import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tensorop_gen.build import Toolchain
    from tensorop_gen.emit.model import Kind

_LOCK = ".lock"
_OURS = (_LOCK, "record/record.json", "src/sources.cmake")
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


def must_be_ours(out: Path, kind: Kind) -> None:
    """Raises RequestError for what is no folder, or for one that holds what is not ours, which would be mixed up or
    overwritten. The three files of an amalgamation go into others' folders."""
    if out.exists() and not out.is_dir():
        raise RequestError(f"{out} is not a folder; choose another with --out")
    ours = kind == "amalgamation" or any((out / name).exists() for name in _OURS)
    if out.is_dir() and not ours and any(out.iterdir()):
        raise RequestError(f"{out} is not empty, and tensorop-gen did not make it; choose another folder with --out")


def withdraw(out: Path) -> None:
    """Takes a library back that must not be used; its sources stay."""
    with _writing(out):
        shutil.rmtree(out / "lib", ignore_errors=True)


def write_out(files: Mapping[str, str], out: Path) -> None:
    """Writes files below out; raises EmitError."""
    with _writing(out):
        write(files, out)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """One run at a time; turns the system's errors into EmitError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(out / _LOCK, timeout=LOCK_SECONDS):
            yield
    except filelock.Timeout:
        raise EmitError(f"another run is still writing {out}; choose another folder with --out") from None
    except OSError as error:
        raise EmitError(f"cannot write {out}: {error}; free some room or choose another folder with --out") from error
