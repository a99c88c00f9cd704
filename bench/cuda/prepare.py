"""Writes what is compiled: the library's sources with all candidates for one GPU, CUTLASS's headers, the driver's; and
what is needed to run it, the tuner too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tensorop_gen
from tensorop_gen.author.llm.cuda_text import check_given
from tensorop_gen.build.nvcc import find_cutlass
from tensorop_gen.emit import cuda
from tensorop_gen.emit.project import write
from tensorop_gen.hardware.gpu import find_gpu
from tensorop_gen.operators.gemm.cuda.given import Given
from tensorop_gen.operators.gemm.cuda.space import possible, read
from tensorop_gen.operators.gemm.cuda.variant import OPERANDS, symbol

if TYPE_CHECKING:
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.operators.gemm.cuda.variant import Variant

HERE = Path(__file__).resolve().parent
SCRIPTS: tuple[str, ...] = (
    "run_all",
    "build",
    "driver",
    "steps",
    "cublas",
    "judge",
    "rates",
    "sanitizer",
    "speed",
    "state",
    "table",
)
SCRIPTS += ("tuning",)


def prepare(folder: Path, name: str, only: tuple[str, ...] = (), kept: tuple[Path, ...] = ()) -> str:
    """Fills the folder; what is the same is left alone. only: symbols of kernels, else all. kept: what `tensorop-gen
    --author llm` keeps of kernels by language models, which are taken along.

    Returns the architecture."""
    gpu = find_gpu(name)
    if gpu is None:
        raise SystemExit(f"no GPU is called {name}: see tensorop-gen targets")
    candidates = (*read(HERE / "candidates.yaml"), *(_given(path, gpu) for path in kept))
    more = [variant for variant in candidates if not variant.problems(gpu)]
    files = {f"src/{path}": text for path, text in cuda.project([gpu], more=more, only=only).items()}
    files |= {f"driver-src/{path.name}": path.read_text() for path in (HERE / "driver").iterdir()}
    peaks = {operands: getattr(gpu.peak, operands) for operands in OPERANDS}
    facts = {"gpu": gpu.name, "architecture": gpu.architecture, "peaks": peaks}
    wanted = [variant for variant in (*possible(gpu), *more) if not only or symbol(variant) in only]
    rows = [_row(variant, gpu, variant in possible(gpu)) for variant in wanted]
    write(files | carried() | {"facts.json": json.dumps(facts | {"variants": rows}, indent=1)}, folder)
    for part in ("cute", "cutlass"):
        shutil.copytree(find_cutlass() / part, folder / "cutlass" / part, dirs_exist_ok=True)
    return gpu.architecture


def carried() -> dict[str, str]:
    """What runs where nothing but Python is: the scripts, and of the package the tuner and what compiles."""
    package = Path(tensorop_gen.__file__).parent
    parts = [package / "__init__.py", package / "build" / "objects.py", *(package / "tune").glob("*.py")]
    files = {f"tensorop_gen/{path.relative_to(package)}": path.read_text() for path in parts}
    return (
        files
        | {"tensorop_gen/build/__init__.py": ""}
        | {f"{name}.py": (HERE / f"{name}.py").read_text() for name in SCRIPTS}
    )


def _given(path: Path, gpu: GpuFactors) -> Given:
    try:
        known = json.loads(path.read_text())
        kernel = Given.from_dict(known["given"])
        check_given(kernel)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SystemExit(f"{path} is no kernel that tensorop-gen --author llm kept: {error}") from None
    if known.get("gpu") != gpu.name:
        raise SystemExit(f"{path} is for {known.get('gpu')}, not for {gpu.name}")
    if problems := kernel.problems(gpu):
        raise SystemExit(f"{path}: {'; '.join(problems)}")
    return kernel


def _row(variant: Variant, gpu: GpuFactors, shipped: bool) -> dict[str, Any]:
    own = isinstance(variant, Given)  # its text stands for its parameters
    parameters = {"text": variant.name, "bm": variant.bm, "bn": variant.bn} if own else variant.to_dict()
    return ({"given": variant.to_dict()} if own else {}) | {
        "name": variant.name,
        "operands": list(OPERANDS).index(variant.operands),
        "symbol": symbol(variant),
        "shipped": shipped,
        "modelled_rate": round(variant.modelled_rate(gpu), 1),
        "parameters": {"sketch": variant.sketch.split(".")[0]} | parameters,
    }
