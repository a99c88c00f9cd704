"""Writes what is compiled: the library's sources with all candidates for one GPU, CUTLASS's headers, the driver's."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))

from tensorop_gen.build.nvcc import find_cutlass  # noqa: E402
from tensorop_gen.emit import cuda  # noqa: E402
from tensorop_gen.emit.project import write  # noqa: E402
from tensorop_gen.hardware.gpu import find_gpu  # noqa: E402
from tensorop_gen.operators.gemm.cuda.space import read, shipped  # noqa: E402
from tensorop_gen.operators.gemm.cuda.variant import symbol  # noqa: E402

SCRIPTS = ("run_all.py", "build.py", "steps.py", "table.py")


def prepare(folder: Path, name: str) -> None:
    """Fills the folder; what is the same is left alone, so that it need not be built again."""
    gpu = find_gpu(name)
    if gpu is None:
        raise SystemExit(f"no GPU is called {name}: see tensorop-gen targets")
    candidates = read(HERE / "candidates.yaml")
    files = {f"src/{path}": text for path, text in cuda.project([gpu], more=candidates).items()}
    files |= {f"driver-src/{path.name}": path.read_text() for path in (HERE / "driver").iterdir()}
    files |= {script: (HERE / script).read_text() for script in SCRIPTS}
    symbols = {f"{v.name} {v.operands}": symbol(v) for v in (*shipped(), *candidates)}
    peaks = {operands: getattr(gpu.peak, operands) for operands in ("f32", "tf32", "f16", "bf16")}
    facts = {"gpu": gpu.name, "architecture": gpu.architecture, "peaks": peaks, "symbols": symbols}
    write(files | {"facts.json": json.dumps(facts, indent=1)}, folder)
    for part in ("cute", "cutlass"):
        shutil.copytree(find_cutlass() / part, folder / "cutlass" / part, dirs_exist_ok=True)
