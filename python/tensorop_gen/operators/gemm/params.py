"""The parameters of one GEMM instance, their analytical defaults and what makes them impossible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tensorop_gen.isa import target
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators.gemm.bounds import out_of_bounds
from tensorop_gen.operators.params import Factors, Params

FLOAT = 4  # bytes
WORKSPACE = 16 << 20  # most bytes of workspace a thread may need


@dataclass(frozen=True, slots=True)
class GemmParams(Params):
    """Parameters of sketch and kernels. Sizes count floats, rows, columns or k-steps; prefetch distances bytes, for C
    k-steps before the end of the loop.

    PACK fetches the next panel's rows if prefetch_pack, COMPUTE if prefetch_a.
    COMPUTE: tile of `vectors` x nr, `unroll` k-steps a loop pass; KC, MC, NC block k, m, n.
    A vector is `group` registers, where the instruction set groups them; ahead, splat: see isa/kernel.py.
    DIRECT: at most direct_caps[v - 1] columns for v vectors of rows, k in blocks of direct_kc; edges at half width if
    direct_half, the next rows fetched if direct_prefetch_a.
    STREAM: stream_k columns of A at once, n <= stream_n, stream_k * n <= stream_products, rows in runs of stream_rows;
    the next columns fetched if stream_prefetch.
    DOT: at most dot_edge rows and columns, dot_products of them, from dot_min_k steps on.
    Choice of path, by m*n*k: DIRECT up to direct_work or direct_min_rows rows, DIRECT_PACK up to direct_pack_work or
    direct_min_columns columns, else PACKED; STREAM from stream_min_rows rows on. thread_work: m*n*k worth a thread."""

    operator: ClassVar[str] = "gemm"
    together: ClassVar[dict[str, tuple[str, ...]]] = {"tile": ("vectors", "nr")}
    vectors: int
    nr: int
    unroll: int
    kc: int
    mc: int
    nc: int
    direct_caps: tuple[int, ...]
    prefetch_a: bool = True
    prefetch_b: int = 0
    prefetch_c: int = 96
    prefetch_pack: bool = True
    direct_unroll: int = 4
    direct_kc: int = 288
    direct_prefetch_a: bool = True
    direct_prefetch_c: int = 32
    direct_half: bool = False
    direct_work: int = 80**3
    direct_min_rows: int = 8
    direct_pack_work: int = 100**3
    direct_min_columns: int = 4
    stream_k: int = 8
    stream_n: int = 4
    stream_products: int = 16
    stream_rows: int = 8192
    stream_min_rows: int = 256
    stream_prefetch: bool = False
    dot_edge: int = 4
    dot_products: int = 8
    dot_min_k: int = 128
    thread_work: int = 1 << 17
    group: int = 1
    ahead: bool = False
    splat: bool = False

    def mr(self, lanes: int) -> int:
        """Rows of a packed panel of A."""
        return self.vectors * lanes


def lanes(factors: Factors, group: int = 1) -> int:
    """Floats of one vector on this target."""
    return factors.vector_bits // (8 * FLOAT) * group


def widest_caps(isa: Isa, vectors: int) -> tuple[int, ...]:
    """For each number of row vectors, the most columns with which a DIRECT tile leaves one of `vectors` unused."""
    caps = []
    for rows in range(1, 5):
        fitting = [n for n in range(3, 17) if _direct_needs(isa, rows, n) < vectors]
        if fitting:
            caps.append(max(fitting))
    return tuple(caps)


def _direct_needs(isa: Isa, vectors: int, columns: int) -> int:
    return max(isa.tile_needs("direct_n", vectors, columns), isa.tile_needs("direct_t", vectors, columns))


def defaults(factors: Factors) -> GemmParams:
    """Analytical start: tile from the registers, blocks from the caches (Low et al., Analytical Modeling Is Enough for
    High-Performance BLIS, TOMS 2016): a panel of B with the passing panel of A in L1, a block of A in L2."""
    isa = target.find(factors.isa)
    preferences = isa.preferences
    chosen = {**preferences.start, **factors.start}
    vectors, nr = chosen.get("vectors", preferences.tiles[0][0]), chosen.get("nr", preferences.tiles[0][1])
    group = chosen.get("group", 1)
    width = lanes(factors, group)
    mr = vectors * width
    l1 = factors.cache(1)
    most_kc = min(_even(l1.bytes // 2 // (FLOAT * nr), 8), 512)  # the rest is for the passing panel of A and for C
    kc = chosen.get("kc", most_kc)
    mc = _even(_block_bytes(factors) // (FLOAT * kc), mr)
    nc = _even((WORKSPACE // 2 - FLOAT * mc * kc) // (FLOAT * kc), nr)
    start: dict[str, Any] = {
        "unroll": 4,
        "direct_caps": widest_caps(isa, factors.vector_registers // group),
        # One multiply-add of full width a cycle: such a core does one of half width in half the time.
        "direct_half": preferences.allows("direct", "direct_half") and factors.flops_per_cycle == 2 * width,
    }
    blocks = {"vectors": vectors, "nr": nr, "kc": kc, "mc": mc, "nc": min(nc, _even(4096, nr))}
    return GemmParams(**start | blocks | chosen)


def _block_bytes(factors: Factors) -> int:
    """For a block of A: three tenths of L2, half of that where cores share it; the rest is for B's panels and the rows
    that are packed next. Without L2 it stays in memory, where its size matters little."""
    l2 = factors.cache(2)
    if l2 is None:
        return int(4 * factors.cache(1).bytes)
    return int(l2.bytes * 3 // 10 // min(l2.shared_by, 2))


def _even(value: int, grain: int) -> int:
    """The largest multiple of grain that is at most value, at least one grain."""
    return max(value // grain, 1) * grain


def problems(params: GemmParams, factors: Factors) -> list[str]:
    """Why these parameters cannot work on this target; empty if they can."""
    found = out_of_bounds(params)
    if found:
        return found
    isa = target.find(factors.isa)
    groups = (1, 2, 4, 8) if isinstance(isa, Scalable) else (1,)
    if params.group not in groups:
        return [f"group must be {' or '.join(map(str, groups))}, as {isa.name} has vectors of that many registers"]
    for name in ("prefetch_c", "direct_prefetch_c"):
        if name in isa.preferences.unused and getattr(params, name):
            found.append(f"{name} must be 0: {isa.name} has no prefetch")
    available = factors.vector_registers // params.group - params.splat  # B's elements are spread over one
    used = isa.tile_needs("compute", params.vectors, params.nr)
    if used > available:
        found.append(f"a tile of {params.vectors} vectors x {params.nr} needs {used} registers")
    most = isa.most_unroll(params.vectors, params.nr)
    if params.unroll > most:
        found.append(f"unroll: with nr = {params.nr} addresses reach {most} k-steps")
    if params.mc % params.mr(lanes(factors, params.group)) or params.nc % params.nr:
        found.append("mc must be a multiple of MR, nc of NR")
    if (params.mc + params.nc) * params.kc * FLOAT > WORKSPACE:
        found.append(f"workspace over {WORKSPACE >> 20} MiB")
    return found + _optional_problems(params, isa, available)


def _optional_problems(params: GemmParams, isa: Isa, available: int) -> list[str]:
    """Of the kernels that not every instruction set has."""
    found = []
    if "direct_n" in isa.roles:
        if len(params.direct_caps) < params.vectors:
            found.append("DIRECT must take a packed panel: as many vectors of rows as COMPUTE")
        found += [
            f"a DIRECT tile of {v} vectors x {cap} does not fit the registers"
            for v, cap in enumerate(params.direct_caps, 1)
            if not 1 <= cap <= 16 or _direct_needs(isa, v, cap) > available
        ]
    if "dot" in isa.roles and isa.dot_needs(params.dot_edge, params.dot_products) > available:
        found.append("DOT's products do not fit the registers")
    if "stream" in isa.roles and isa.stream_needs(params.stream_n, params.stream_products) > available:
        found.append("STREAM's products do not fit the registers")
    return found
