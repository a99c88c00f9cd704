"""AArch64 and RISC-V: the builtin kernels, read back from their disassembly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.isa.assembled import disassembled_for

from tensorop_gen.hardware import library
from tensorop_gen.isa import target
from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift.flow import lifted
from tensorop_gen.isa.lifters import LIFTERS
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Insn, Label, Mem, Operand, Program
from tensorop_gen.isa.rv64.disassembly import read_function
from tensorop_gen.isa.rvv.disassembly import vector
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults

TARGETS = ("cortex-a72", "armv8-a", "rv64gc", "spacemit-k1", "c908")
ALIASES = {"b.lo": "b.cc", "b.hs": "b.cs", "lo": "cc", "hs": "cs"}  # conditions of AArch64 that have two names
ROLES: tuple[Role, ...] = ("compute", "pack_a", "pack_b")


def plain(insn: Insn) -> Insn:
    """Without the names of labels and buffers, which no object holds; products may count as fma."""

    def one(operand: Operand) -> Operand:
        if isinstance(operand, Mem):
            return replace(operand, space="")
        return Label("") if isinstance(operand, Label) else operand

    def names(registers: frozenset[str]) -> frozenset[str]:
        return frozenset("mem:" if r.startswith("mem:") else r for r in registers)

    return replace(
        insn,
        mnemonic=ALIASES.get(insn.mnemonic, insn.mnemonic),
        operands=tuple(ALIASES.get(o, o) if isinstance(o, str) else o for o in map(one, insn.operands)),
        kind="vector" if insn.kind in ("fma", "shuffle", "scalar", "broadcast") else insn.kind,
        reads=names(insn.reads),
        writes=names(insn.writes),
    )


def written(name: str, role: Role) -> Program:
    """Of the builtin author; with short loops, so that no branch is too far to be one instruction."""
    factors = library.load(name)
    params = defaults(factors)
    return kernels.write(replace(params, unroll=2, nr=min(params.nr, 12)), target.find(factors.isa))[role]


def lines_of(isa: str, program: Program, folder: Path) -> list[str]:
    return disassembled_for(isa, target.find(isa).assembly({"kernel": program}), folder)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("role", ROLES)
def test_every_builtin_kernel_is_read_back(name: str, role: Role, tmp_path: Path) -> None:
    isa, program = library.load(name).isa, written(name, role)
    lines = lines_of(isa, program, tmp_path)
    # The builtin COMPUTE multiplies sums of columns that a narrow tile has not, which the rules do not let pass.
    vectors = isa == "rvv" and role == "compute"
    read = read_function(lines, vector) if vectors else LIFTERS[isa].read(lines)
    assert len(read.insns) == len(program.insns) > 20
    for ours, theirs in zip(program.insns, read.insns, strict=True):
        if vectors:
            ours, theirs = (replace(i, reads=frozenset(), writes=frozenset()) for i in (ours, theirs))
        assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("role", ["pack_a", "pack_b"])
def test_what_is_read_is_written_again(name: str, role: Role, tmp_path: Path) -> None:
    """Twice through the assembler: what was checked is what runs."""
    isa = library.load(name).isa
    first = lifted(lines_of(isa, written(name, role), tmp_path), LIFTERS[isa], CONTRACTS[role])
    second = lifted(lines_of(isa, first, tmp_path), LIFTERS[isa], CONTRACTS[role])
    assert list(map(plain, first.insns)) == list(map(plain, second.insns))
    spaces = {o.space for i in first.insns for o in i.operands if isinstance(o, Mem)}
    assert spaces >= {"src", "a", "panel"}
