"""AArch64 and RISC-V: lines that no disassembler writes."""

from __future__ import annotations

import random

import pytest

from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift.flow import lifted
from tensorop_gen.isa.lifters import LIFTERS
from tensorop_gen.isa.refused import Refused


@pytest.mark.parametrize("isa", ["neon", "rv64", "rvv", "rvv071"])
def test_lines_that_no_disassembler_writes(isa: str) -> None:
    """Random changes of lines: refused or taken, never a crash."""
    rng = random.Random(isa)
    lines = {"neon": NEON_LINES, "rv64": RV64_LINES}.get(isa, RVV_LINES)
    assert accepted(isa, lines)
    results = [accepted(isa, changed(lines, rng)) for _ in range(1500)]
    assert 0 < results.count(True) < 1200


NEON_LINES = """
   0:\tbti\tc
   4:\tstp\td8, d9, [sp, #-16]!
   8:\tmovi\tv8.4s, #0x0
   c:\tldp\tq0, q1, [x1], #32
  10:\tldr\ts2, [x2, x4, lsl #2]
  14:\tfmla\tv8.4s, v0.4s, v2.s[0]
  18:\tsubs\tx0, x0, #0x1
  1c:\tb.ne\tc <compute+0xc>  // b.any
  20:\tstr\tq8, [x3]
  24:\tldp\td8, d9, [sp], #16
  28:\tret
""".strip("\n").splitlines()
RV64_LINES = """
   0:\tadd\tsp,sp,-16
   2:\tsd\ts0,8(sp)
   4:\tmv\ts0,a0
   6:\tflw\tfa0,0(a1)
   a:\tfsw\tfa0,0(a3)
   e:\taddi\ts0,s0,-1
  12:\tbnez\ts0,6 <compute+0x6>
  16:\tld\ts0,8(sp)
  18:\tadd\tsp,sp,16
  1a:\tret
""".strip("\n").splitlines()
RVV_LINES = """
  1c:\tvsetvli\tt0,a0,e32,m2,ta,ma
  20:\tvle32.v\tv2,(a1)
  22:\tflw\tfa0,0(a2)
  24:\tvfmacc.vf\tv2,fa0,v2
  28:\tvse32.v\tv2,(a3)
  2c:\tret
""".strip("\n").splitlines()
PIECES = [
    *"[](){},#!-+ \t.",
    "x18",
    "sp",
    "v31.s[9]",
    "0x" + "f" * 30,
    "9" * 99,
    "svc",
    "gp",
    "v0.t",
    "zero",
    "e64",
    "",
]


def changed(lines: list[str], rng: random.Random) -> list[str]:
    out = list(lines)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(out))
        head, _, text = out[place].partition("\t")
        a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        text = rng.choice((text[:a] + rng.choice(PIECES) + text[b:], text[:b] + text[a:]))
        out[place] = rng.choice((f"{head}\t{text}", rng.choice(lines), ""))
    return out


def accepted(isa: str, lines: list[str]) -> bool:
    try:
        lifted(lines, LIFTERS[isa], CONTRACTS["compute"])
    except Refused:
        return False
    return True
