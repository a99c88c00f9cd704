"""An operator that is not there: the dot product of two vectors, a product of 1 x k x 1 to whoever proves it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import ClassVar

from tensorop_gen.isa.kernel import DotKernel
from tensorop_gen.isa.names import KernelName, Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, find
from tensorop_gen.operators import Operator
from tensorop_gen.operators.cases.geometry import Path as Way
from tensorop_gen.operators.cases.sizes import LONGEST, Sizes, line
from tensorop_gen.operators.params import Factors, Params
from tensorop_gen.operators.programs import Spec
from tensorop_gen.operators.space import Space
from tensorop_gen.request.model import Shape


@dataclass(frozen=True, slots=True)
class DotParams(Params):
    """block: elements of a vector with gaps that are copied at a time."""

    operator: ClassVar[str] = "dot"
    block: int = 1024


class Dot(Operator[DotParams]):
    params = DotParams
    folder = Path(__file__).parents[2] / "kernels" / "dot"
    header = folder / "sdot.h"
    space = Space[DotParams](folder / "space.yaml")

    def defaults(self, factors: Factors) -> DotParams:
        return DotParams(**factors.start)

    def problems(self, params: DotParams, factors: Factors) -> list[str]:
        found = [] if "dot" in find(factors.isa).roles else [f"{factors.isa} has no DOT"]
        return found if 1 <= params.block <= 1 << 20 else [*found, "block must be from 1 to 2^20"]

    def specs(self, params: DotParams, isa: Isa) -> dict[Role, Spec]:  # noqa: ARG002  # one kernel fits all
        return {"dot": DotKernel(1, 1, 1)}

    def symbols(self, programs: Mapping[Role, Program], params: DotParams, isa: Isa) -> dict[Role, str]:  # noqa: ARG002
        return {role: str(KernelName("f32", "dot", role, 1, 1, isa.name, p.digest())) for role, p in programs.items()}

    def takes(self, shape: Shape) -> bool:
        return shape.m == shape.n == 1

    def path(self, params: DotParams, roles: Collection[str], shape: Shape) -> str:  # noqa: ARG002  # there is one
        return "dot"

    def calls(self, sizes: Sizes) -> list[str]:
        return sizes.sample(list(_calls(sizes)), 40, 400)


def _calls(s: Sizes) -> Iterator[str]:
    """Every length round a block, with and without gaps in either vector; C is full of NaN."""
    longest = 2 * s.parameters["block"] + 1
    for k, incx, incy in product((*s.steps()[1:], longest, LONGEST), (1, 2, 7), (1, 3)):
        for data in ("ints", "random"):
            yield line("run", m=1, n=1, k=k, a_cs=incx, b_rs=incy, path=Way.DOT.value, data=data, **s.place())


OPERATOR = Dot()
