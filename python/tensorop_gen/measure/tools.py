"""Builds the C programs of bench/ into the user's cache, once for each version of their text."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

import platformdirs
from filelock import FileLock

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.source import source_root

_FLAGS = ("-std=c11", "-O3", "-Wall", "-Wextra")
_WORKER = ("worker.c", "library.c", "operands.c")
_PEAK = ("peak.c",)
_LIBXSMM = "peer_libxsmm.c"


def worker_program() -> Path:
    """The program that calls one library (bench/worker.c)."""
    return _built("worker", _sources(*_WORKER), ("-ldl", "-lm"))


def peak_program() -> Path:
    """The program that measures what the machine can do (bench/peak.c), with the loops of this machine's ISA."""
    own = f"probe_{platform.machine().lower()}.c"
    loops = own if (_bench() / own).is_file() else "probe_generic.c"
    return _built("peak", _sources(*_PEAK, loops), ("-lpthread",))


def shared_libxsmm(archive: Path) -> Path:
    """A shared library of LIBXSMM's archives, which is all that some distributions ship."""
    whole = ("-Wl,--whole-archive", str(archive), "-Wl,--no-whole-archive", str(archive.with_name("libxsmmnoblas.a")))
    return _built("libxsmm.so", _sources(_LIBXSMM), ("-shared", "-fPIC", *whole, "-ldl", "-lpthread", "-lm"))


def _bench() -> Path:
    return source_root() / "bench"


def _sources(*names: str) -> tuple[Path, ...]:
    return tuple(_bench() / name for name in names)


def _compiler() -> str:
    name = os.environ.get("CC", "cc")
    found = shutil.which(name)
    if found is None:
        raise MeasureError(f'the C compiler "{name}" is not there: install gcc, or name another in CC')
    return found


def _built(name: str, sources: tuple[Path, ...], arguments: tuple[str, ...]) -> Path:
    """The program, compiled if this text, compiler and flags have not been yet."""
    compiler = _compiler()
    digest = hashlib.sha256(" ".join((compiler, *_FLAGS, *arguments)).encode())
    for path in (*sources, *sorted(_bench().glob("*.h"))):
        digest.update(path.read_bytes())
    folder = Path(platformdirs.user_cache_dir("tensorop")) / "bench" / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    with FileLock(f"{program}.lock"):
        if not program.exists():
            _compile(compiler, program, sources, arguments)
    return program


def _compile(compiler: str, program: Path, sources: tuple[Path, ...], arguments: tuple[str, ...]) -> None:
    unfinished = program.with_name(program.name + ".part")
    command = [compiler, *_FLAGS, "-o", str(unfinished), *map(str, sources), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise MeasureError(f"the bench program {program.name} does not compile:\n{result.stderr.strip()}")
    unfinished.replace(program)
