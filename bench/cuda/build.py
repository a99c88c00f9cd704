"""Compiles a prepared folder to folder/driver, with nothing but nvcc and a host compiler."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-std=c++17", "-O3", "--expt-relaxed-constexpr", "-diag-suppress=20012"]


def build(folder: Path, nvcc: str | None) -> bool:
    """Only what is newer than its object. nvcc: its path, else CUDACXX's or PATH's. False where there is none."""
    program = nvcc or os.environ.get("CUDACXX") or shutil.which("nvcc")
    if program is None:
        print("no nvcc: name it with --nvcc", file=sys.stderr)
        return False
    number = json.loads((folder / "facts.json").read_text())["architecture"].removeprefix("sm_")
    sources = [*sorted((folder / "src").rglob("*.cu")), *sorted((folder / "src/cuda").glob("*.c"))]
    sources += sorted((folder / "driver-src").glob("*.cu"))
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        objects = list(pool.map(lambda source: _object(source, folder, number, program), sources))
    subprocess.run([program, "-o", str(folder / "driver"), *map(str, objects), "-ldl"], check=True)
    return True


def _object(source: Path, folder: Path, number: str, program: str) -> Path:
    out = folder / "objects" / f"{source.name}.o"
    out.parent.mkdir(exist_ok=True)
    if out.is_file() and out.stat().st_mtime > _newest(source, folder):
        return out
    includes = [folder / name for name in ("src/include", "src/cuda", "src/gemm", "driver-src", "cutlass")]
    words = [program, *(f"-I{include}" for include in includes), "-c", str(source), "-o", str(out)]
    if source.suffix == ".cu":
        words += [*FLAGS, f"-gencode=arch=compute_{number},code=sm_{number}"]
    subprocess.run(words, check=True)
    print(f"built {source.name}", flush=True)
    return out


def _newest(source: Path, folder: Path) -> float:
    """When the source or a header that it may include was written; kernels include none of the driver's."""
    parts = ("src", "driver-src") if source.parent.name == "driver-src" else ("src",)
    headers = [path for part in parts for path in (folder / part).rglob("*.*h")]
    return max(path.stat().st_mtime for path in (source, *headers))
