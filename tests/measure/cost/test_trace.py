from __future__ import annotations

from collections import Counter

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.driver import PipelinedIsa
from tensorop_gen.isa.kernel import TileKernel
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Insn
from tensorop_gen.measure.cost.tile import TileCall
from tensorop_gen.measure.cost.trace import follow, sections, tile_labels, way
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults, lanes

CPUS = ("spacemit-k1", "c910", "cortex-a76", "zen4", "x86-64-v3", "rv64gc")
ROLES: tuple[Role, ...] = ("compute", "direct_n", "direct_t")


def run(factors: HardwareFactors, role: Role, rows: int, columns: int, k: int, add: bool = True) -> tuple[Insn, ...]:
    """The instructions of a whole call."""
    params, isa = defaults(factors), target.find(factors.isa)
    kernel, program = kernels.specs(params, isa)[role], kernels.write(params, isa)[role]
    assert isinstance(kernel, TileKernel)
    width = lanes(factors, params.group)
    tile = TileCall(rows, columns, k, add, width).tile(factors.isa, kernel)
    runs = sections(tile, k, isinstance(isa.tile, PipelinedIsa))
    return follow(program, tile_labels(program, tile, runs, rows % width != 0, add), columns)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize(("short", "columns", "k"), [(0, 3, 256), (1, 2, 131), (0, 1, 7), (0, 3, 1)])
def test_a_call_makes_every_product_once(cpu: str, role: Role, short: int, columns: int, k: int) -> None:
    """Products of the k-loop: vectors x columns x k, and C's own (beta) in the update."""
    factors = load(cpu)
    width = lanes(factors, defaults(factors).group)
    rows = 2 * width - short if width > 1 else 2
    if role == "compute":
        rows = min(rows, defaults(factors).mr(width))
    vectors = -(-rows // width)
    insns = run(factors, role, rows, columns, k)
    assert insns[-1].kind == "ret"
    products = Counter(i.kind for i in insns)["fma"]
    beside = products - vectors * columns * k  # alpha and beta times C, which not all CPUs count as such
    assert 0 <= beside <= 2 * vectors * (columns + 1)  # RVV's next column is begun before the last one is known


@pytest.mark.parametrize("cpu", CPUS)
def test_c_is_read_only_to_be_added_to(cpu: str) -> None:
    factors = load(cpu)
    rows = lanes(factors, defaults(factors).group)

    def stores_and_reads(add: bool) -> tuple[int, int]:
        touching = [i for i in run(factors, "compute", rows, 2, 9, add) if {"mem:c"} & (i.reads | i.writes)]
        return sum("mem:c" in i.writes for i in touching), sum("mem:c" in i.reads for i in touching)

    stores, reads = stores_and_reads(True)
    assert stores == 2
    assert reads >= 2
    assert stores_and_reads(False) == (2, 0)


def test_there_is_no_way_to_a_block_that_is_not_there() -> None:
    factors = load("spacemit-k1")
    program = kernels.write(defaults(factors), target.find(factors.isa))["compute"]
    assert way(program, "", "done")[-1] == "done"
    with pytest.raises(ValueError, match="no way leads from block 'done' to 'update1'"):
        way(program, "done", "update1")
