"""Reordering keeps dependences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorop_gen.isa.order import depends, reorder, reorder_blocks
from tensorop_gen.isa.program import Block, Insn, Mem, Program
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op

LOAD = op("vmovups", Mem("rsi", space="a"), "zmm1", kind="load")
FMA = op("vfmadd231ps", "zmm1", "zmm2", "zmm3", kind="fma", update=True)
OTHER = op("vmovups", Mem("rsi", 64, space="a"), "zmm4", kind="load")
STEP = asm.add(256, "rsi")
STORE = op("vmovups", "zmm3", Mem("rcx", space="c"), kind="store")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (LOAD, FMA, True),  # reads what was written
        (LOAD, STEP, True),  # writes what was read
        (FMA, op("vmulps", "zmm5", "zmm6", "zmm3"), True),  # writes what was written
        (LOAD, OTHER, False),
        (FMA, OTHER, False),
        (LOAD, STORE, False),  # different buffers
        (STORE, STORE, True),  # same buffer
        (LOAD, asm.jump("jmp", "x"), True),
        (op("vmovups", "ymm1", "ymm7"), LOAD, True),  # ymm1 is part of zmm1
        (op("movl", 1, "eax", kind="scalar"), asm.mov("rax", "rdx"), True),  # eax is part of rax
    ],
)
def test_depends(first: Insn, second: Insn, expected: bool) -> None:
    assert depends(first, second) is expected


def test_legal_order_is_applied() -> None:
    block = reorder(Block("loop", (LOAD, FMA, OTHER)), (2, 0, 1))
    assert block.insns == (OTHER, LOAD, FMA)


@pytest.mark.parametrize("permutation", [(1, 0, 2), (0, 1), (0, 1, 1)])
def test_illegal_order_is_refused(permutation: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="loop"):
        reorder(Block("loop", (LOAD, FMA, OTHER)), permutation)


def test_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="no block is called nowhere"):
        reorder_blocks(Program((Block("loop", (LOAD,)),)), {"nowhere": (0,)})


@given(st.permutations(range(5)))
def test_every_accepted_order_keeps_every_dependence(permutation: list[int]) -> None:
    insns = (LOAD, OTHER, FMA, STEP, STORE)
    try:
        block = reorder(Block("b", insns), tuple(permutation))
    except ValueError:
        return
    where = {id(insn): place for place, insn in enumerate(block.insns)}
    for i, first in enumerate(insns):
        for second in insns[i + 1 :]:
            if depends(first, second):
                assert where[id(first)] < where[id(second)]
