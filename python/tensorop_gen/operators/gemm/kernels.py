"""The kernel scripts of GEMM: parameters in, instruction lists out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileKernel
from tensorop_gen.isa.names import KernelName, Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators import programs
from tensorop_gen.operators.gemm.params import GemmParams
from tensorop_gen.operators.programs import Spec


def write(params: GemmParams, isa: Isa) -> dict[Role, Program]:
    """All kernels of one instance that the instruction set has."""
    return programs.write(specs(params, isa), isa)


def specs(params: GemmParams, isa: Isa) -> dict[Role, Spec]:
    """What each kernel is to do: equal for parameters that change only the sketch."""
    group = params.group
    mr = params.mr(isa.lanes * group)
    found: dict[Role, Spec] = {
        "pack_a": PackKernel(mr, params.vectors, group, params.prefetch_pack),
        "pack_b": PackKernel(params.nr, group=group, prefetch=params.prefetch_pack),
        "compute": _compute(params, mr),
    }
    if "direct_n" in isa.roles:
        found["direct_n"] = _direct("direct_n", params, isa)
        found["direct_t"] = _direct("direct_t", params, isa)
    if "stream" in isa.roles:
        limits = (params.stream_k, params.stream_n, params.stream_products)
        found["stream"] = StreamKernel(*limits, params.stream_prefetch, group)
    if "dot" in isa.roles:
        found["dot"] = DotKernel(params.dot_edge, params.dot_edge, params.dot_products, group)
    if isinstance(isa, Scalable):
        found["lanes"] = group
    return found


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


def symbols(written: Mapping[Role, Program], params: GemmParams, isa: Isa) -> dict[Role, str]:
    """The C name of each kernel. Rows are counted in vectors where the instruction set is scalable."""
    scalable = isinstance(isa, Scalable)
    width = 1 if scalable else isa.lanes * params.group
    tiles = dict.fromkeys(written, (params.vectors * width, params.nr))
    tiles["direct_n"] = tiles["direct_t"] = (len(params.direct_caps) * width, max(params.direct_caps))
    tiles["stream"] = (params.stream_k, params.stream_n)
    tiles["dot"] = (params.dot_edge, params.dot_edge)
    unroll = {"compute": params.unroll, "direct_n": params.direct_unroll, "direct_t": params.direct_unroll}

    def symbol(role: Role, program: Program) -> str:
        variant = f"u{unroll[role]}_{program.digest()}" if role in unroll else program.digest()
        vectors = scalable and role not in ("stream", "dot")
        return str(KernelName("f32", "gemm", role, *tiles[role], isa.name, variant, vectors))

    return {role: symbol(role, program) for role, program in written.items()}
