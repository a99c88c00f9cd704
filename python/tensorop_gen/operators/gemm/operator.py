"""GEMM as the stages see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators.cases.geometry import Geometry, Path
from tensorop_gen.operators.cases.sizes import Sizes
from tensorop_gen.operators.gemm import dispatch, kernels
from tensorop_gen.operators.gemm.calls import calls
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems
from tensorop_gen.operators.gemm.space import TileSpace
from tensorop_gen.operators.operator import Loop, Operator
from tensorop_gen.operators.params import Factors
from tensorop_gen.operators.programs import Spec
from tensorop_gen.request.model import Shape
from tensorop_gen.source import source_root

# Parameters that the cases of whole calls are made from: blocks, and what the choice of path hangs on.
_PARAMETERS = {
    Path.DIRECT: {"direct_kc"},
    Path.DIRECT_PACK: {"kc"},
    Path.PACKED: {"mc", "nc", "kc"},
    Path.STREAM: {"stream_rows", "stream_min_rows"},
    Path.DOT: {"dot_min_k"},
}


class Gemm(Operator[GemmParams]):
    params = GemmParams
    folder = source_root() / "kernels" / "gemm"
    header = source_root() / "include" / "tensorop" / "sgemm.h"
    space = TileSpace(folder / "space.yaml")

    def defaults(self, factors: Factors) -> GemmParams:
        return defaults(factors)

    def problems(self, params: GemmParams, factors: Factors) -> list[str]:
        return problems(params, factors)

    def specs(self, params: GemmParams, isa: Isa) -> dict[Role, Spec]:
        return kernels.specs(params, isa)

    def symbols(self, programs: Mapping[Role, Program], params: GemmParams, isa: Isa) -> dict[Role, str]:
        return kernels.symbols(programs, params, isa)

    def sketch_values(self, params: GemmParams, isa: Isa) -> dict[str, Any]:
        width = isa.lanes * params.group
        most = (isa.most_lanes if isinstance(isa, Scalable) else isa.lanes) * params.group
        return params.to_dict() | {"mr": params.mr(width), "lanes": width, "most_mr": params.mr(most)}

    def path(self, params: GemmParams, roles: Collection[str], shape: Shape) -> str:
        return dispatch.path(params, roles, shape)

    def calls(self, sizes: Sizes) -> list[str]:
        return calls(sizes)

    def unreached(self, geometry: Geometry, sizes: Collection[str]) -> list[str]:
        wanted = set[str]().union(*(_PARAMETERS[path] for path in geometry.paths))
        return sorted(wanted - set(sizes))

    def loops(self, params: GemmParams) -> dict[Role, Loop]:
        """The k-loops of the largest tiles."""
        caps = params.direct_caps
        return {
            "compute": Loop(f"v{params.vectors}n{params.nr}", "packed"),
            "direct_n": Loop(f"v{len(caps)}n{caps[-1]}", "direct"),
        }
