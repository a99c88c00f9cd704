"""The instruction sets whose code of unknown origin can be taken apart, by the names of isa/target.py."""

from __future__ import annotations

from collections.abc import Mapping

from tensorop_gen.isa.lift.effect import Lifter
from tensorop_gen.isa.neon.lift import NEON_LIFTER
from tensorop_gen.isa.rv64.lift import RV64_LIFTER
from tensorop_gen.isa.rvv.lift import RVV071_LIFTER, RVV_LIFTER
from tensorop_gen.isa.x86.lift import AVX2_LIFTER, AVX512_LIFTER

LIFTERS: Mapping[str, Lifter] = {
    "avx2": AVX2_LIFTER,
    "avx512": AVX512_LIFTER,
    "neon": NEON_LIFTER,
    "rv64": RV64_LIFTER,
    "rvv": RVV_LIFTER,
    "rvv071": RVV071_LIFTER,
}
