"""Compiles a prepared folder to folder/driver, with nothing but nvcc and a host compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tensorop_gen.build.objects import CompileError, ObjectStore

HOPPER = "_tma_"  # in the name of a source that sm_90a alone has; the others are compiled as the library's are


def build(folder: Path, architecture: str, nvcc: str | None, objects: Path | None = None) -> bool:
    """Only what is not among the objects (folder/objects). nvcc: its path, else CUDACXX's or PATH's. False, with the
    reason on stderr, where there is none or where it fails."""
    program = nvcc or os.environ.get("CUDACXX") or shutil.which("nvcc")
    if program is None:
        print("no nvcc: name it with --nvcc", file=sys.stderr)
        return False
    store = ObjectStore(Path(program), folder / "cutlass", objects or folder / "objects")
    try:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            found = list(pool.map(lambda source: _object(source, folder, architecture, store), sources(folder)))
        words = [program, "-o", str(folder / "driver"), *map(str, found), "-ldl"]
        subprocess.run(words, check=True, capture_output=True, text=True)
    except (CompileError, subprocess.SubprocessError, OSError) as error:
        print(f"the driver was not built: {error}\n{getattr(error, 'stderr', None) or ''}", file=sys.stderr)
        return False
    return True


def sources(folder: Path) -> list[Path]:
    """What the driver is made of, the kernels that take longest first."""
    kernels = sorted((folder / "src").rglob("*.cu"), key=lambda path: (HOPPER not in path.name, path.name))
    return [*kernels, *sorted((folder / "driver-src").glob("*.cu")), *sorted((folder / "src/cuda").glob("*.c"))]


def _object(source: Path, folder: Path, architecture: str, store: ObjectStore) -> Path:
    names = ("src/include", "src/cuda", "src/gemm", "driver-src")
    exact = architecture if HOPPER in source.name else architecture.rstrip("a")
    found = store.find(source, tuple(folder / name for name in names), exact)
    print(f"built {source.name}", flush=True)
    return found
