"""Builds the driver: the library's sources with all candidates, compiled for one GPU, and what calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))

from tensorop_gen.build.nvcc import find_nvcc  # noqa: E402
from tensorop_gen.emit import cuda  # noqa: E402
from tensorop_gen.emit.project import write  # noqa: E402
from tensorop_gen.hardware.gpu import find_gpu  # noqa: E402
from tensorop_gen.operators.gemm.cuda.space import read, shipped  # noqa: E402
from tensorop_gen.operators.gemm.cuda.variant import symbol  # noqa: E402

FLAGS = ["-std=c++17", "-O3", "--expt-relaxed-constexpr", "-diag-suppress=20012"]


def prepare(folder: Path, name: str) -> None:
    """Writes folder/src, folder/facts.json and folder/driver; what is newer than its sources is kept."""
    gpu = find_gpu(name)
    if gpu is None:
        raise SystemExit(f"no GPU is called {name}: see tensorop-gen targets")
    candidates = read(HERE / "candidates.yaml")
    write(cuda.project([gpu], more=candidates), folder / "src")
    variants = {v.name + " " + v.operands: symbol(v) for v in (*shipped(), *candidates)}
    peaks = {operands: getattr(gpu.peak, operands) for operands in ("f32", "tf32", "f16", "bf16")}
    (folder / "facts.json").write_text(json.dumps({"gpu": gpu.name, "peaks": peaks, "symbols": variants}, indent=1))
    number = gpu.architecture.removeprefix("sm_")
    sources = [*sorted((folder / "src").rglob("*.cu")), *sorted((folder / "src/cuda").glob("*.c"))]
    sources += sorted((HERE / "driver").glob("*.cu"))
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        objects = list(pool.map(lambda source: _object(source, folder, number), sources))
    link = [str(find_nvcc().program), "-o", str(folder / "driver"), *map(str, objects), "-ldl"]
    subprocess.run(link, check=True)


def _object(source: Path, folder: Path, number: str) -> Path:
    out = folder / "objects" / f"{source.name}.o"
    out.parent.mkdir(exist_ok=True)
    if out.is_file() and out.stat().st_mtime > _newest(source, folder):
        return out
    nvcc = find_nvcc()
    includes = [folder / "src/include", folder / "src/cuda", folder / "src/gemm", HERE / "driver", nvcc.cutlass]
    words = [str(nvcc.program), *(f"-I{include}" for include in includes), "-c", str(source), "-o", str(out)]
    if source.suffix == ".cu":
        words += [*FLAGS, f"-gencode=arch=compute_{number},code=sm_{number}"]
    subprocess.run(words, check=True)
    print(f"built {source.name}", flush=True)
    return out


def _newest(source: Path, folder: Path) -> float:
    headers = [path for path in (folder / "src").rglob("*") if path.suffix in (".h", ".cuh")]
    headers += [path for path in (HERE / "driver").iterdir() if path.suffix in (".h", ".cuh")]
    return max(path.stat().st_mtime for path in (source, *headers))
