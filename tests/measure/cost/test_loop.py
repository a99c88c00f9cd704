from __future__ import annotations

import pytest
from tests.measure.cost.toy import COSTS, fma, insn, load, scalar, table

from tensorop_gen.hardware.library import load as target
from tensorop_gen.isa.rvv.vectors import Vectors
from tensorop_gen.measure.cost.loop import loop_cost
from tensorop_gen.measure.cost.table import CostError, Table, cost_names

BOTH = pytest.mark.parametrize("in_order", [True, False], ids=["in-order", "out-of-order"])


@BOTH
def test_independent_products_are_bound_by_their_unit(in_order: bool) -> None:
    cost = loop_cost(tuple(fma(f"v{i}", "a") for i in range(8)), table(in_order))
    assert cost.cycles == pytest.approx(16)
    assert (cost.bound, cost.floor) == ("vector", 16)


@BOTH
def test_a_chain_waits_for_its_results(in_order: bool) -> None:
    cost = loop_cost((fma("v0", "a"), fma("v0", "b"), fma("v0", "c")), table(in_order))
    assert cost.cycles == pytest.approx(12)
    assert cost.bound == "waiting"


@BOTH
def test_issue_bounds_what_no_unit_does(in_order: bool) -> None:
    insns = (*(scalar(f"x{i}") for i in range(4)), *(load(f"y{i}") for i in range(2)))
    cost = loop_cost(insns, table(in_order, width=1))
    assert cost.cycles == pytest.approx(6)
    assert cost.bound == "issue"


def test_in_order_all_wait_behind_one_that_waits() -> None:
    """The load's result is used at once: in order its latency shows in each pass, out of order in none."""
    insns = (load("a"), fma("v0", "a"), fma("v1", "b"), fma("v2", "b"))
    assert loop_cost(insns, table(True)).cycles == pytest.approx(9)  # 5 for the load, two products; the third overlaps
    assert loop_cost(insns, table(False)).cycles == pytest.approx(6)


def test_a_load_one_pass_ahead_costs_nothing_in_order() -> None:
    insns = (fma("v0", "a"), fma("v1", "a"), fma("v2", "a"), load("a"))
    assert loop_cost(insns, table(True)).cycles == pytest.approx(9)  # issued beside the last product, it is waited for
    one = (fma("v0", "a"), load("b"), fma("v1", "a"), fma("v2", "a"))
    other = (fma("v0", "b"), load("a"), fma("v1", "b"), fma("v2", "b"))
    assert loop_cost((*one, *other), table(True)).cycles == pytest.approx(12)


def test_a_small_window_hides_less() -> None:
    insns = (load("a", "a"), *(fma(f"v{i}", "b") for i in range(4)))  # each load waits for the one before
    chain = (load("a", "a"), load("a", "a"), load("a", "a"), *insns[1:])
    assert loop_cost(chain, table(False, window=64)).cycles == pytest.approx(15)
    waiting = (load("a"), fma("v0", "a"), fma("v0", "a"), fma("v1", "b"))
    assert loop_cost(waiting, table(False, window=2)).cycles > loop_cost(waiting, table(False)).cycles


def test_loads_can_be_made_dearer() -> None:
    insns = tuple(load(f"v{i}") for i in range(6))
    assert [loop_cost(insns, table(True, loads=x)).cycles for x in (0.5, 1, 2)] == pytest.approx([3, 6, 12])


@BOTH
def test_the_lines_add_up_to_the_pass(in_order: bool) -> None:
    insns = (load("a"), fma("v0", "a"), scalar("x", "x"), fma("v1", "a"))
    cost = loop_cost(insns, table(in_order))
    assert len(cost.lines) == len(insns)
    assert sum(cost.lines) == pytest.approx(cost.cycles)


def test_costs_are_looked_up_by_the_size_of_a_group() -> None:
    fused = Vectors(4).fused("v8", "ft0", "v0")
    assert cost_names(fused) == ("vfmacc.vf.m4", "vfmacc.vf", "fma.m4", "fma")
    assert cost_names(Vectors(2).store("v2", "a1", "c"))[0] == "vse32.v.m2"
    costs = Table.of(target("spacemit-k1"))
    assert loop_cost((fused,), costs).cycles == pytest.approx(8)  # its latency
    assert loop_cost(tuple(Vectors(4).fused(f"v{8 + 4 * i}", "ft0", "v0") for i in range(4)), costs).floor == 16


def test_what_has_no_cost_is_named() -> None:
    with pytest.raises(CostError, match="toy: its file has no cost for store, by none of the names store"):
        loop_cost((insn("store", "v0"),), table())
    strange = Table("toy", 1, 1, True, 0.0, (("vector", 1),), COSTS)
    with pytest.raises(CostError, match='load occupies "memory", which is none of its units'):
        loop_cost((load("a"),), strange)
    with pytest.raises(CostError, match="x86-64-v2: its file has no costs"):
        Table.of(target("x86-64-v2"))
