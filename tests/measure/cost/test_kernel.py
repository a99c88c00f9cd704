"""Which loop of a kernel says how fast it is."""

from __future__ import annotations

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.isa.program import Block, Insn, Label, Program
from tensorop_gen.measure.cost.kernel import product_loop
from tensorop_gen.measure.errors import MeasureError

K1 = load("spacemit-k1")


def product(dest: str) -> Insn:
    return Insn("vfmacc.vf", (dest, "ft0", "v0"), "fma", frozenset({"ft0", "v0", dest}), frozenset({dest}))


def jump(label: str) -> Insn:
    return Insn("bnez", ("t2", Label(label)), "branch", frozenset({"t2"}), frozenset())


def kernel(**blocks: tuple[Insn, ...]) -> Program:
    return Program(tuple(Block(label, insns) for label, insns in blocks.items()))


def test_the_loop_with_the_most_products() -> None:
    program = kernel(one=(product("v1"), jump("one")), two=(product("v1"), product("v2"), jump("two")), end=())
    assert product_loop(program, K1) == program.blocks[1].insns


def test_a_loop_that_is_entered_in_its_middle() -> None:
    program = kernel(loop=(product("v1"),), mid=(product("v2"), jump("loop")), end=(product("v3"),) * 3)
    assert product_loop(program, K1) == program.blocks[0].insns + program.blocks[1].insns


@pytest.mark.parametrize(
    "program",
    [
        kernel(loop=(product("v1"), jump("end")), mid=(product("v2"), jump("loop")), end=()),
        kernel(loop=(jump("loop"),), end=(product("v1"),)),
    ],
)
def test_what_does_not_go_straight_on_is_not_modelled(program: Program) -> None:
    with pytest.raises(MeasureError, match="no plain loop of multiply-adds"):
        product_loop(program, K1)
