"""The way of a request for a GPU: hardware -> author -> emit -> build. It needs no GPU."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from tensorop_gen.build.nvcc import find_nvcc
from tensorop_gen.cache.store import Store
from tensorop_gen.emit import cuda as emit
from tensorop_gen.emit.cuda_library import install
from tensorop_gen.emit.model import EmitError
from tensorop_gen.emit.output import write_out
from tensorop_gen.hardware.gpu import all_gpus, find_gpu
from tensorop_gen.hardware.library import nearest
from tensorop_gen.hardware.model import UnknownTargetError
from tensorop_gen.measure.gpu_model import SHAPES, fastest
from tensorop_gen.operators.gemm import OPERATOR as GEMM
from tensorop_gen.operators.gemm.cuda.space import possible
from tensorop_gen.operators.gemm.cuda.variant import OPERANDS
from tensorop_gen.pipeline.cuda_authoring import written_by_model
from tensorop_gen.request.model import RequestError

if TYPE_CHECKING:
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.pipeline.model import LlmChoice, Options, Reporter
    from tensorop_gen.request.model import Request


class GpuOutcome(BaseModel):
    """variants: names of the kernels in the library; speeds: modelled, in words; out: the folder written; model: the
    file with what is known of a language model's kernel, if one was asked for and taken."""

    model_config = ConfigDict(frozen=True)

    target: str
    title: str
    operator: str
    variants: tuple[str, ...]
    speeds: tuple[str, ...]
    out: str
    model: str = ""

    def __str__(self) -> str:
        head = f"{self.operator} for {self.target} ({self.title}): {len(self.variants)} kernels"
        speeds = "".join(f"\n  {speed}" for speed in self.speeds)
        said = "modelled by occupancy, waves of blocks and roofline, not measured"
        later = "bench/cuda/run_all.py proves and times them on a GPU"
        beside = f"\nbeside it, by a language model: {self.model}" if self.model else ""
        return f"{head}\n{said}:{speeds}\n{later}\nwritten: {self.out}/{beside}"


def gpu_of(request: Request) -> GpuFactors | None:
    """The GPU that a request names, or None."""
    return find_gpu(request.target)


def generate_for_gpu(request: Request, gpu: GpuFactors, options: Options, say: Reporter) -> GpuOutcome:
    """Writes the project of the GPU's library and, for --emit library, builds it. Raises EmitError, ToolMissing."""
    if request.operator != GEMM.name:
        raise RequestError(f"{request.operator} is generated for CPUs only, {gpu.name} is none")
    if options.emit == "amalgamation":
        raise EmitError("a library for GPUs has no amalgamation: use --emit library or --emit sources")
    say.stage("hardware", f"{gpu.name}: {gpu.title}, {gpu.architecture}, {gpu.multiprocessors} multiprocessors")
    chosen = [variant for variant in possible(gpu) if variant.operands == request.dtype]
    say.stage("author", f"builtin: {len(chosen)} kernels of {request.operator} {request.dtype}")
    nvcc = find_nvcc() if options.emit == "library" else None
    out = options.out or Path(f"tensorop-{gpu.name}")
    model = _by_model(request, gpu, options.llm, out, options.cache, say) if options.llm else None
    say.stage("emit", f"{options.emit} in {out}")
    write_out(emit.project([gpu], [request.dtype]), out / "src")
    if nvcc:
        say.stage("build", f"{nvcc.program}, for {gpu.architecture}")
        install(out / "src", out, gpu.architecture, nvcc)
    shapes = request.shapes or SHAPES
    return GpuOutcome(
        target=gpu.name,
        title=gpu.title,
        operator=f"{request.operator} {request.dtype}",
        variants=tuple(variant.name for variant in chosen),
        speeds=tuple(str(fastest(gpu, chosen, shape)) for shape in shapes),
        out=str(out),
        model=str(model or ""),
    )


def _by_model(
    request: Request, gpu: GpuFactors, llm: LlmChoice, out: Path, cache: Path | None, say: Reporter
) -> Path | None:
    operands = next((known for known in OPERANDS if known == request.dtype), None)
    if operands is None:
        raise RequestError(f"a model writes kernels for {', '.join(OPERANDS)} only, not for {request.dtype}")
    return written_by_model(gpu, operands, llm, out, Store(cache, say.note).root, say)


def cuda_sources(names: tuple[str, ...] = ()) -> tuple[dict[str, str], str]:
    """The files of a library for the named GPUs, else for all, and the CMake list of them."""
    found = [(name, find_gpu(name)) for name in names]
    if unknown := next((name for name, gpu in found if gpu is None), None):
        raise UnknownTargetError(unknown, nearest(unknown))
    files = emit.project([gpu for _, gpu in found if gpu] or all_gpus())
    return files, emit.list_file(files)
