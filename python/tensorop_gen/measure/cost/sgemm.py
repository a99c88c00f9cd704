"""How long a whole product takes, as kernels/gemm/sketch.c.j2 makes it: beta = 0, one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.isa import target
from tensorop_gen.measure.cost.account import Account
from tensorop_gen.measure.cost.direct import direct, direct_pack
from tensorop_gen.measure.cost.memory import Memory
from tensorop_gen.measure.cost.model import Parts, Path, Prediction
from tensorop_gen.measure.cost.packed import packed
from tensorop_gen.measure.cost.product import Product
from tensorop_gen.measure.cost.table import CostError, Table
from tensorop_gen.operators.gemm import kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.isa.names import Role
    from tensorop_gen.isa.program import Program
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.request.model import Shape

_ROUND_CALL = 300  # assumed: instructions of the BLAS interface
_WAYS: dict[Path, Callable[[Account, Product], None]] = {
    "packed": packed,
    "direct": direct,
    "direct_pack": direct_pack,
}


@dataclass(frozen=True)
class Model:
    """Of one candidate on its target. programs: as they are, or reordered; loop: factor on COMPUTE's k-loop, where
    another model knows the CPU better; loads: on what all accesses to memory cost."""

    factors: HardwareFactors
    params: GemmParams
    programs: Mapping[Role, Program] | None = None
    loads: float = 1.0
    loop: float = 1.0

    def predict(self, shape: Shape) -> Prediction:
        """Raises CostError where the target's file says too little, or for a way that is not modelled."""
        product, path = Product.of(shape), self.path(shape)
        programs = self.programs or kernels.write(self.params, target.find(self.factors.isa))
        table, memory = Table.of(self.factors, self.loads), Memory.of(self.factors, self.loads)
        account = Account(self.factors, self.params, programs, table, memory, self.loop)
        _WAYS[path](account, product)
        call = _ROUND_CALL / table.width
        parts = Parts(loops=account.loops, tiles=account.tiles, pack=account.pack, memory=account.waiting, call=call)
        per_cycle = product.flops / parts.cycles
        return Prediction(
            shape=shape,
            path=path,
            loads=self.loads,
            cycles=parts.cycles,
            percent=100 * per_cycle / self.factors.flops_per_cycle,
            gflops=per_cycle * (self.factors.clock_ghz or 0.0),
            parts=parts,
        )

    def path(self, shape: Shape) -> Path:
        """As the sketch chooses; raises CostError for its two ways to read one operand once."""
        p, product, roles = self.params, Product.of(shape), target.find(self.factors.isa).roles
        if "stream" in roles and product.rows_a and product.n <= p.stream_n and product.m >= p.stream_min_rows:
            raise CostError(f"{shape}: narrow C goes the way STREAM, which is bound by memory and not modelled")
        few = (product.m <= p.dot_edge and product.steps_b) or (product.n <= p.dot_edge and not product.rows_a)
        if "dot" in roles and few and product.k >= p.dot_min_k:
            raise CostError(f"{shape}: a narrow operand goes the way DOT, which is bound by memory and not modelled")
        work = product.flops // 2
        if "direct_n" in roles and product.rows_a and (work <= p.direct_work or product.m <= p.direct_min_rows):
            return "direct"
        if "direct_n" in roles and (work <= p.direct_pack_work or product.n <= p.direct_min_columns):
            return "direct_pack"
        return "packed"
