"""The kernel scripts of GEMM: parameters in, instruction lists out."""

from __future__ import annotations

from typing import Literal

from tensorop_gen.isa.driver import tile_kernel
from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileKernel
from tensorop_gen.isa.names import KernelName, Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa
from tensorop_gen.operators.gemm.params import GemmParams


def write(params: GemmParams, isa: Isa) -> dict[Role, Program]:
    """All kernels of one instance."""
    mr = params.mr(isa.lanes)
    compute = TileKernel(
        "compute",
        (params.nr,) * params.vectors,
        params.unroll,
        mr,
        params.nr,
        params.prefetch_a,
        params.prefetch_b,
        params.prefetch_c,
    )
    stream = StreamKernel(params.stream_k, params.stream_n, params.stream_products, params.stream_prefetch)
    return {
        "pack_a": isa.pack(PackKernel(mr, params.prefetch_pack)),
        "pack_b": isa.pack(PackKernel(params.nr, params.prefetch_pack)),
        "compute": tile_kernel(isa.tile, compute),
        "direct_n": tile_kernel(isa.tile, _direct("direct_n", params)),
        "direct_t": tile_kernel(isa.tile, _direct("direct_t", params)),
        "stream": isa.stream(stream),
        "dot": isa.dot(DotKernel(params.dot_edge, params.dot_edge, params.dot_products)),
    }


def _direct(role: Literal["direct_n", "direct_t"], params: GemmParams) -> TileKernel:
    return TileKernel(
        role,
        params.direct_caps,
        params.direct_unroll,
        prefetch_a=params.direct_prefetch_a,
        prefetch_c=params.direct_prefetch_c,
        half=params.direct_half,
    )


def symbols(programs: dict[Role, Program], params: GemmParams, isa: Isa) -> dict[Role, str]:
    """The C name of each kernel."""
    tiles = {role: (params.mr(isa.lanes), params.nr) for role in programs}
    tiles["direct_n"] = tiles["direct_t"] = (len(params.direct_caps) * isa.lanes, max(params.direct_caps))
    tiles["stream"] = (params.stream_k, params.stream_n)
    tiles["dot"] = (params.dot_edge, params.dot_edge)
    variants = {"compute": f"u{params.unroll}_", "direct_n": f"u{params.direct_unroll}_"}
    variants["direct_t"] = variants["direct_n"]
    return {
        role: str(KernelName("f32", "gemm", role, *tiles[role], isa.name, variants.get(role, "") + program.digest()))
        for role, program in programs.items()
    }
