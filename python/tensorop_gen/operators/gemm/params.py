"""The parameters of one GEMM instance, their analytical defaults and what makes them impossible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Protocol

FLOAT = 4  # bytes
WORKSPACE = 16 << 20  # most bytes of workspace a thread may need


class Factors(Protocol):
    """The hardware factors that GEMM's parameters depend on."""

    @property
    def vector_bits(self) -> int: ...
    @property
    def vector_registers(self) -> int: ...
    @property
    def flops_per_cycle(self) -> int: ...
    def cache(self, level: int) -> Any:
        """The data cache of a level (bytes, ways, line), or None."""


@dataclass(frozen=True, slots=True)
class GemmParams:
    """Parameters of sketch and kernels. Sizes count floats, rows, columns or k-steps; prefetch distances bytes, for C
    k-steps before the end of the loop.

    PACK fetches the next panel's rows if prefetch_pack, COMPUTE if prefetch_a.
    COMPUTE: tile of `vectors` x nr, `unroll` k-steps a loop pass; KC, MC, NC block k, m, n.
    DIRECT: at most direct_caps[v - 1] columns for v vectors of rows, k in blocks of direct_kc; edges at half width if
    direct_half, the next rows fetched if direct_prefetch_a.
    STREAM: stream_k columns of A at once, n <= stream_n, stream_k * n <= stream_products, rows in runs of stream_rows.
    DOT: at most dot_edge rows and columns, dot_products of them, from dot_min_k steps on.
    Choice of path, by m*n*k: DIRECT up to direct_work or direct_min_rows rows, DIRECT_PACK up to direct_pack_work or
    direct_min_columns columns, else PACKED; STREAM from stream_min_rows rows on. thread_work: m*n*k worth a thread."""

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
    stream_prefetch: int = 0
    dot_edge: int = 4
    dot_products: int = 8
    dot_min_k: int = 128
    thread_work: int = 1 << 17

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> GemmParams:
        """From a record; unknown names are an error (TypeError), as are missing ones without default."""
        known = {f.name for f in fields(cls)}
        if unknown := set(values) - known:
            raise TypeError(f"not parameters of gemm: {', '.join(sorted(unknown))}")
        return cls(**values | {"direct_caps": tuple(values["direct_caps"])})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def mr(self, lanes: int) -> int:
        """Rows of a packed panel of A."""
        return self.vectors * lanes


def lanes(factors: Factors) -> int:
    return factors.vector_bits // (8 * FLOAT)


def _caps(registers: int, reserved: int) -> tuple[int, ...]:
    """For each number of row vectors, the most columns whose accumulators leave room for A, two of B and `reserved`."""
    caps = []
    for vectors in range(1, 5):
        columns = (registers - reserved - vectors - 2) // vectors
        if columns >= 3:
            caps.append(min(columns, 16))
    return tuple(caps)


def defaults(factors: Factors) -> GemmParams:
    """Analytical start: tile from the registers, blocks from the caches (Low et al., Analytical Modeling Is Enough for
    High-Performance BLIS, TOMS 2016): a panel of B with the passing panel of A in L1, a block of A in L2."""
    wide = factors.vector_registers >= 32
    vectors, nr = (3, 8) if wide else (2, 6)
    width = lanes(factors)
    mr = vectors * width
    l1, l2 = factors.cache(1), factors.cache(2)
    kc = min(_even(l1.bytes // 2 // (FLOAT * nr), 8), 512)  # the rest is for the passing panel of A and for C
    mc = _even(l2.bytes * 3 // 10 // (FLOAT * kc), mr)  # the rest is for B's panels and the rows that are packed next
    nc = _even((WORKSPACE // 2 - FLOAT * mc * kc) // (FLOAT * kc), nr)
    return GemmParams(
        vectors=vectors,
        nr=nr,
        unroll=4,
        kc=kc,
        mc=mc,
        nc=min(nc, _even(4096, nr)),
        direct_caps=_caps(factors.vector_registers, 0 if wide else 1),
        # One multiply-add of full width a cycle: such a core does one of half width in half the time.
        direct_half=wide and factors.flops_per_cycle == 2 * width,
        # Tiles that 16 registers allow read A too often for it to be left where it lies, but in the smallest products.
        direct_work=600**3 if wide else 80**3,
        direct_pack_work=800**3 if wide else 100**3,
        stream_products=24 if wide else 8,
        dot_products=16 if wide else 8,
    )


def _even(value: int, grain: int) -> int:
    """The largest multiple of grain that is at most value, at least one grain."""
    return max(value // grain, 1) * grain


def problems(params: GemmParams, factors: Factors) -> list[str]:
    """Why these parameters cannot work on this target; empty if they can."""
    found = []
    width = lanes(factors)
    # COMPUTE needs its accumulators, A's vectors and one element of B; AVX2's update also needs three to spare.
    spare = 0 if factors.vector_registers >= 32 else 3
    used = params.vectors * params.nr + max(params.vectors + 1, spare)
    if used > factors.vector_registers:
        found.append(f"a tile of {params.vectors} vectors x {params.nr} needs {used} registers")
    counts = ("vectors", "nr", "unroll", "kc", "mc", "nc", "direct_unroll", "direct_kc", "stream_rows")
    found += [f"{name} must be at least 1" for name in counts if getattr(params, name) < 1]
    if params.mc % params.mr(width) or params.nc % params.nr:
        found.append("mc must be a multiple of MR, nc of NR")
    if (params.mc + params.nc) * params.kc * FLOAT > WORKSPACE:
        found.append(f"workspace over {WORKSPACE >> 20} MiB")
    if len(params.direct_caps) < params.vectors:
        found.append("DIRECT must take a packed panel: as many vectors of rows as COMPUTE")
    if params.dot_edge > 4 or params.dot_products + params.dot_edge + 1 + spare > factors.vector_registers:
        found.append("DOT's products do not fit the registers")
    found += _cap_problems(params.direct_caps, factors.vector_registers)
    if params.stream_products > factors.vector_registers - 8 or params.stream_n > 4 or params.stream_k > 8:
        found.append("STREAM's products do not fit the registers")
    return found


def _cap_problems(caps: Sequence[int], registers: int) -> list[str]:
    mask = 0 if registers >= 32 else 1
    return [
        f"a DIRECT tile of {v} vectors x {cap} does not fit the registers"
        for v, cap in enumerate(caps, 1)
        if not 1 <= cap <= 16 or v * cap + v + 1 + mask > registers
    ]


def with_changes(params: GemmParams, **changes: Any) -> GemmParams:
    return replace(params, **changes)
