"""The kernel scripts of GEMM: parameters in, instruction lists out."""

from __future__ import annotations

from typing import Literal

from tensorop_gen.isa.driver import tile_kernel
from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileKernel
from tensorop_gen.isa.names import KernelName, Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators.gemm.params import GemmParams


def write(params: GemmParams, isa: Isa) -> dict[Role, Program]:
    """All kernels of one instance that the instruction set has."""
    group = params.group
    mr = params.mr(isa.lanes * group)
    programs: dict[Role, Program] = {
        "pack_a": isa.pack(PackKernel(mr, params.vectors, group, params.prefetch_pack)),
        "pack_b": isa.pack(PackKernel(params.nr, group=group, prefetch=params.prefetch_pack)),
        "compute": tile_kernel(isa.tile, _compute(params, mr)),
    }
    if "direct_n" in isa.roles:
        programs["direct_n"] = tile_kernel(isa.tile, _direct("direct_n", params, isa))
        programs["direct_t"] = tile_kernel(isa.tile, _direct("direct_t", params, isa))
    if "stream" in isa.roles:
        limits = (params.stream_k, params.stream_n, params.stream_products)
        programs["stream"] = isa.stream(StreamKernel(*limits, params.stream_prefetch, group))
    if "dot" in isa.roles:
        programs["dot"] = isa.dot(DotKernel(params.dot_edge, params.dot_edge, params.dot_products, group))
    if isinstance(isa, Scalable):
        programs["lanes"] = isa.count_lanes(group)
    return programs


def _compute(params: GemmParams, mr: int) -> TileKernel:
    return TileKernel(
        "compute",
        (params.nr,) * params.vectors,
        params.unroll,
        mr,
        params.nr,
        params.prefetch_a,
        params.prefetch_b,
        params.prefetch_c,
        group=params.group,
        ahead=params.ahead,
        splat=params.splat,
    )


def _direct(role: Literal["direct_n", "direct_t"], params: GemmParams, isa: Isa) -> TileKernel:
    """Vectors of any length are loaded through pointers, packed or not: then DIRECT runs ahead as COMPUTE does."""
    scalable = isinstance(isa, Scalable)
    return TileKernel(
        role,
        params.direct_caps,
        params.direct_unroll,
        prefetch_a=params.direct_prefetch_a,
        prefetch_c=params.direct_prefetch_c,
        half=params.direct_half,
        group=params.group,
        ahead=params.ahead and scalable,
        splat=params.splat and scalable,
    )


def symbols(programs: dict[Role, Program], params: GemmParams, isa: Isa) -> dict[Role, str]:
    """The C name of each kernel. Rows are counted in vectors where the instruction set is scalable."""
    scalable = isinstance(isa, Scalable)
    width = 1 if scalable else isa.lanes * params.group
    tiles = dict.fromkeys(programs, (params.vectors * width, params.nr))
    tiles["direct_n"] = tiles["direct_t"] = (len(params.direct_caps) * width, max(params.direct_caps))
    tiles["stream"] = (params.stream_k, params.stream_n)
    tiles["dot"] = (params.dot_edge, params.dot_edge)
    variants = {"compute": f"u{params.unroll}_", "direct_n": f"u{params.direct_unroll}_"}
    variants["direct_t"] = variants["direct_n"]
    unscaled = ("stream", "dot")
    return {
        role: str(
            KernelName(
                "f32",
                "gemm",
                role,
                *tiles[role],
                isa.name,
                variants.get(role, "") + program.digest(),
                scalable and role not in unscaled,
            )
        )
        for role, program in programs.items()
    }
