"""Instructions move as far as they may, and no order that comes of it is refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tensorop_gen.isa.motion import all_moved, moved
from tensorop_gen.isa.order import reorder
from tensorop_gen.isa.program import Block, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op

LOAD = op("vmovups", Mem("rsi", space="a"), "zmm1", kind="load")
OTHER = op("vmovups", Mem("rsi", 64, space="a"), "zmm4", kind="load")
FMA = op("vfmadd231ps", "zmm1", "zmm2", "zmm3", kind="fma", update=True)
STEP = asm.add(256, "rsi")
STORE = op("vmovups", "zmm3", Mem("rcx", space="c"), kind="store")
BLOCK = Block("b", (LOAD, FMA, OTHER, STEP, STORE, asm.jump("jmp", "b")))
WRITTEN = tuple(range(len(BLOCK.insns)))


def test_moves_as_far_as_asked() -> None:
    assert moved(BLOCK.insns, WRITTEN, 2, -1) == (0, 2, 1, 3, 4, 5)
    assert moved(BLOCK.insns, WRITTEN, 2, -2) == (2, 0, 1, 3, 4, 5)


def test_stops_before_what_it_depends_on_and_at_the_ends() -> None:
    assert moved(BLOCK.insns, WRITTEN, 1, -3) == WRITTEN  # FMA reads what LOAD writes
    assert moved(BLOCK.insns, WRITTEN, 2, -9) == (2, 0, 1, 3, 4, 5)
    assert moved(BLOCK.insns, WRITTEN, 3, 9) == (0, 1, 2, 4, 3, 5)  # not past the jump


def test_there_and_back() -> None:
    assert moved(BLOCK.insns, moved(BLOCK.insns, WRITTEN, 2, -2), 2, 2) == WRITTEN


def test_all_move_together() -> None:
    assert all_moved(BLOCK.insns, WRITTEN, (0, 2), -1) == (0, 2, 1, 3, 4, 5)


@given(st.lists(st.tuples(st.sampled_from(WRITTEN), st.integers(-6, 6).filter(bool)), max_size=8))
def test_every_order_is_legal(moves: list[tuple[int, int]]) -> None:
    order = WRITTEN
    for insn, distance in moves:
        order = moved(BLOCK.insns, order, insn, distance)
    assert sorted(reorder(BLOCK, order).insns, key=id) == sorted(BLOCK.insns, key=id)
