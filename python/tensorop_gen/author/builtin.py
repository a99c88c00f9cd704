"""The author that ships with the project: templates and kernel scripts, no network."""

from __future__ import annotations

import re

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems
from tensorop_gen.request.model import Request
from tensorop_gen.source import source_root


class BuiltinAuthor:
    """Writes GEMM for every target whose instruction set has an emitter."""

    name = "builtin"

    def write(
        self,
        request: Request,
        factors: HardwareFactors,
        params: GemmParams | None = None,
        order: Order = (),
        feedback: Feedback | None = None,
    ) -> Candidate:
        """Raises ValueError where the parameters cannot work on the target. Feedback changes nothing here: this author
        has no other way to write the same kernel, so what failed once is a defect."""
        params = params or defaults(factors)
        if found := problems(params, factors):
            raise ValueError("; ".join(found))
        isa = target.find(factors.isa)
        programs = kernels.write(params, isa)
        symbols = kernels.symbols(programs, params, isa)
        instance = "tensorop_gemm_" + re.sub(r"\W", "_", factors.name)
        banner = "/* Written by tensorop-gen, author builtin. */"
        files = {
            "instance.c": _sketch(params, isa.lanes, dict(symbols), factors.name, instance, banner),
            "kernels.S": f"{banner}\n{isa.assembly({symbols[r]: p for r, p in programs.items()})}",
        }
        return Candidate(request.operator, request.dtype, factors, params, self.name, files, instance, order)


def _sketch(
    params: GemmParams, lanes: int, symbols: dict[str, str], name: str, instance: str, banner: str
) -> str:
    environment = Environment(
        loader=FileSystemLoader(source_root() / "kernels" / "gemm"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # C, not HTML
    )
    values = params.to_dict() | {"mr": params.mr(lanes), "lanes": lanes}
    return environment.get_template("sketch.c.j2").render(
        p=values, symbols=symbols, name=name, instance=instance, banner=banner
    )
