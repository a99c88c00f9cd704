from __future__ import annotations

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.isa import target
from tensorop_gen.isa.kernel import PackKernel
from tensorop_gen.measure.cost.pack import pack_cost
from tensorop_gen.measure.cost.table import Table
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults, lanes


@pytest.mark.parametrize("rows", [True, False], ids=["copied", "transposed"])
@pytest.mark.parametrize("role", ["pack_a", "pack_b"])
@pytest.mark.parametrize("cpu", ["c906", "c910", "spacemit-k1", "cortex-a72", "zen4"])
def test_a_float_takes_between_a_vectors_share_and_a_few_cycles(cpu: str, role: str, rows: bool) -> None:
    factors = load(cpu)
    params, isa = defaults(factors), target.find(factors.isa)
    kernel = kernels.specs(params, isa)[role]  # type: ignore[index]  # one of the roles
    program = kernels.write(params, isa)[role]  # type: ignore[index]
    assert isinstance(kernel, PackKernel)
    cost = pack_cost(isa.name, kernel, program, lanes(factors), rows, Table.of(factors))
    assert 1 / lanes(factors) <= cost.per_float < 4
    assert cost.start > 0
