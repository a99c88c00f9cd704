"""What the rules for kernels of unknown origin are on RISC-V with vectors.

Both dialects are written as text of RVV 1.0. For 0.7.1 only what both have is taken, and goes on as words (encode.py):
no assembler has to know that dialect, and what is proven is what runs."""

from __future__ import annotations

from collections.abc import Iterable

from tensorop_gen.isa.program import Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.rv64.disassembly import read_function
from tensorop_gen.isa.rv64.lift import make_lifter, shown
from tensorop_gen.isa.rvv.disassembly import vector
from tensorop_gen.isa.rvv.encode import word
from tensorop_gen.isa.rvv.lengths import grouped


def _read(lines: Iterable[str]) -> Program:
    return grouped(read_function(lines, vector), keeps_vl=True)


def _read_071(lines: Iterable[str]) -> Program:
    program = grouped(read_function(lines, vector), keeps_vl=False)
    for insn in program.insns:
        if insn.mnemonic.startswith("v") and word(insn) is None:
            raise Refused("instruction", "RVV 0.7.1 has it not, or it is not encoded here", shown(insn))
    return program


RVV_LIFTER, RVV071_LIFTER = make_lifter(_read), make_lifter(_read_071)
