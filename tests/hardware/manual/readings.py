"""What a careful reader takes from the digests. Written for the tests; no language model made it."""

from __future__ import annotations

import json
from typing import Any


def _claim(name: str, value: float | str, page: int, quotation: str) -> dict[str, Any]:
    return {"name": name, "value": value, "page": page, "quotation": quotation}


_N1 = (
    _claim("isa", "neon", 1, "with Advanced SIMD (NEON) and without SVE"),
    _claim("vector_bits", 128, 1, "two SIMD units of 128 bits, as wide as a vector register is"),
    _claim("flops_per_cycle", 16, 1, "which together makes 16 float32 operations a cycle"),
    _claim("l1d_bytes", 65536, 1, "The L1 data cache of a core has 64 KB"),
    _claim("l1d_ways", 4, 1, "it is 4-way set-associative with a cache line of 64 bytes"),
    _claim("l1d_line", 64, 1, "it is 4-way set-associative with a cache line of 64 bytes"),
    _claim("l2_ways", 8, 1, "It is 8-way set-associative."),
    _claim("l2_shared_by", 1, 1, "The L2 cache is private: a single core has it to itself."),
)
_A55 = (
    _claim("isa", "neon", 1, "with Advanced SIMD (NEON)"),
    _claim("vector_bits", 128, 1, "A vector register has 128 bits"),
    _claim("flops_per_cycle", 8, 1, "which at 1.8 GHz is 8 float32 operations a cycle"),
    _claim("l1d_ways", 4, 1, "4-way set-associative with a cache line of 64 bytes"),
    _claim("l1d_line", 64, 1, "4-way set-associative with a cache line of 64 bytes"),
)
_RK356X_CACHES = (
    ("l1d_bytes", 32768, "The L1 data cache has 32 KB for each core"),
    ("l2_bytes", 524288, "512 KB in 512 sets of 64-byte lines"),
    ("l2_ways", 16, "hence 16 ways"),
    ("l2_shared_by", 4, "shared by all 4 cores"),
)
# By what a user calls the chip.
READINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "Cortex-A55": _A55,
    "rk3566": (
        *_A55,
        _claim("cores", 4, 2, "The chip has 4 cores"),
        _claim("clock_ghz", 1.8, 2, "The highest clock is 1800 MHz."),
        *(_claim(name, value, 2, words) for name, value, words in _RK356X_CACHES),
    ),
    "ODROID M1": (
        *_A55,
        _claim("cores", 4, 3, "The chip has 4 cores"),
        _claim("clock_ghz", 1.992, 3, "The highest clock is 1992 MHz."),
        *(_claim(name, value, 3, words) for name, value, words in _RK356X_CACHES),
    ),
    "Neoverse N1": _N1,
    "Graviton2": (
        *_N1,
        _claim("cores", 64, 2, "The processor has 64 cores Neoverse N1."),
        _claim("clock_ghz", 2.5, 2, "All of them run at a clock of 2500 MHz"),
        _claim("l2_bytes", 1 << 20, 2, "Each core has an L2 cache of 1 MB."),
    ),
    "Ampere Altra": (
        *_N1,
        _claim("cores", 80, 3, "The processor has up to 80 cores Neoverse N1."),
        _claim("clock_ghz", 3.3, 3, "The fastest model has a clock of 3.3 GHz."),
        _claim("l2_bytes", 1 << 20, 3, "Each core has an L2 cache of 1 MB."),
    ),
    "SG2042": (
        _claim("isa", "rvv071", 1, "the RISC-V vector extension of the draft 0.7"),
        _claim("cores", 64, 1, "The chip has 64 cores"),
        _claim("clock_ghz", 2.0, 1, "The clock is 2.0 GHz."),
        _claim("l1d_bytes", 65536, 1, "Each core has an L1 data cache of 64 KB"),
        _claim("l1d_ways", 2, 1, "in 512 sets of 64-byte lines, hence 2 ways"),
        _claim("l1d_line", 64, 1, "in 512 sets of 64-byte lines, hence 2 ways"),
        _claim("l2_bytes", 1 << 20, 1, "Each cluster has an L2 cache of 1 MB"),
        _claim("l2_ways", 16, 1, "in 1024 sets of 64-byte lines, hence 16 ways"),
        _claim("l2_shared_by", 4, 1, "An L2 cache is shared by the 4 cores of its cluster."),
    ),
    "SiFive X280": (
        _claim("isa", "rvv", 1, "with the vector extension as it was ratified: RVV 1.0"),
        _claim("vector_bits", 512, 1, "VLEN is 512 bits."),
        _claim("flops_per_cycle", 16, 1, "16 float32 operations a cycle"),
        _claim("l1d_bytes", 32768, 1, "The L1 data cache of a core has 32 KB."),
        _claim("l2_shared_by", 1, 1, "The L2 cache is private: a single core has it to itself."),
    ),
}


def answer(chip: str) -> str:
    """As a model would give it."""
    return json.dumps({"facts": READINGS[chip]})
