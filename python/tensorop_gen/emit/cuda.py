"""The emitted project of the GPU library: everything it is made of, as text, with a CMakeLists.txt and a Makefile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import tensorop_gen
from tensorop_gen.author import cuda as author
from tensorop_gen.emit import banner
from tensorop_gen.operators.gemm.cuda.space import measured_rates, possible
from tensorop_gen.operators.gemm.cuda.variant import symbol
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.operators.gemm.cuda.variant import Variant

_COPIED = {  # folder of the project -> where its files come from
    "include/tensorop": ("include/tensorop", ("cuda.h", "export.h")),
    "cuda": ("kernels/cuda", ("*.c", "*.h", "*.map")),
    "gemm": ("kernels/gemm/cuda", ("*.cuh", "*.cu")),
    "cmake": ("cmake", ("TensorOpCuda.cmake",)),
    ".": (".", ("LICENSE",)),
}
HOPPER = "tma.cu.j2"  # the sketch that is compiled for sm_90a only


def project(
    gpus: Iterable[GpuFactors],
    operands: Iterable[str] = (),
    more: Iterable[Variant] = (),
    only: Container[str] = (),
) -> dict[str, str]:
    """The project's files: path relative to its folder -> text, for all shipped variants that are possible on the GPUs.

    operands: data types that are wanted; none: all. more: variants beside the shipped ones, to be tried. only: symbols
    of the variants that are wanted; none: all."""
    wanted = set(operands)
    rows = [
        (gpu, variant)
        for gpu in _one_each(gpus)
        for variant in (*possible(gpu), *(variant for variant in more if not variant.problems(gpu)))
        if (not wanted or variant.operands in wanted) and (not only or symbol(variant) in only)
    ]
    variants = {symbol(variant): variant for _, variant in rows}
    files = _copied() | {f"gemm/{name}.cu": author.write(variant) for name, variant in variants.items()}
    facts = _facts(rows, variants, files)
    for name in ("cuda/table.c", "cuda.cmake", "CMakeLists.txt", "Makefile"):
        comment = banner.c_comment if name.endswith(".c") else banner.hash_comment
        files[name] = _render(Path(name).name, comment(name), facts)
    return dict(sorted(files.items()))


def list_file(files: Mapping[str, str]) -> str:
    """What CMake is told at configure time: cuda.cmake, all files, and those that everything is made from."""
    written = "".join(f"  {name}\n" for name in files if name.startswith(("include/", "cuda/", "gemm/")))
    made_from = "".join(f"  [==[{path}]==]\n" for path in inputs())
    return f"{files['cuda.cmake']}set(TENSOROP_CUDA_FILES\n{written})\nset(TENSOROP_CUDA_INPUTS\n{made_from})\n"


def inputs() -> tuple[Path, ...]:
    """The files that a project is made from: the generator, the GPUs, sketches and C sources."""
    root = source_root()
    package = Path(tensorop_gen.__file__).parent
    own = [path for pattern in ("*.py", "*.yaml", "*.j2") for path in package.rglob(pattern)]
    copied = [path for origin, patterns in _COPIED.values() for name in patterns for path in (root / origin).glob(name)]
    folder = root / "kernels" / "gemm" / "cuda"
    return tuple(sorted({*own, *copied, *folder.glob("*.j2"), *folder.glob("*.yaml")}))


def _one_each(gpus: Iterable[GpuFactors]) -> list[GpuFactors]:
    """One GPU of each compute capability: the table has rows for it and for those after it."""
    found: dict[int, GpuFactors] = {}
    for gpu in sorted(gpus, key=lambda gpu: (gpu.capability, gpu.name)):
        found.setdefault(gpu.capability, gpu)
    return list(found.values())


def _copied() -> dict[str, str]:
    root = source_root()
    return {
        str(Path(folder, path.name)): path.read_text(encoding="utf-8")
        for folder, (origin, patterns) in _COPIED.items()
        for pattern in patterns
        for path in (root / origin).glob(pattern)
    }


def _facts(
    rows: list[tuple[GpuFactors, Variant]], variants: Mapping[str, Variant], files: Mapping[str, str]
) -> dict[str, Any]:
    hopper = [f"gemm/{name}.cu" for name, variant in variants.items() if variant.sketch == HOPPER]
    names = sorted({*files, "cuda/table.c"})
    lists = {
        "c_sources": [name for name in names if name.endswith(".c")],
        "sources": [name for name in names if name.endswith(".cu") and name not in hopper],
        "hopper_sources": sorted(hopper),
    }
    return lists | {
        "version": tensorop_gen.__version__,
        "major": tensorop_gen.__version__.split(".")[0],
        "capabilities": sorted({gpu.capability for gpu, _ in rows}),
        "symbols": list(variants),
        "rows": [(gpu.capability, symbol(variant), f"{_rate(gpu, variant):.1f}") for gpu, variant in rows],
        "lists": [(f"TENSOROP_CUDA_{name.upper()}", found) for name, found in lists.items()],
    }


def _rate(gpu: GpuFactors, variant: Variant) -> float:
    """Measured where it was, else modelled."""
    return measured_rates(gpu.name).get(symbol(variant)) or variant.modelled_rate(gpu)


def _render(name: str, comment: str, facts: Mapping[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "cuda"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # C and CMake, not HTML
    )
    return environment.get_template(f"{name}.j2").render(banner=comment, **facts)
