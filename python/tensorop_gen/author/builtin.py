"""The author that ships with the project: templates and kernel scripts, no network."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.order import reorder_blocks
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
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
        feedback: Feedback | None = None,  # noqa: ARG002  # part of the protocol
    ) -> Candidate:
        """Raises ValueError where the parameters cannot work on the target or the order is not legal.

        Feedback changes nothing: this author has one way to write a kernel, so what failed once is a defect."""
        params = params or defaults(factors)
        if found := problems(params, factors):
            raise ValueError("; ".join(found))
        isa = target.find(factors.isa)
        symbols, assembly = _assembly(_Wanted(isa.name, tuple(kernels.specs(params, isa).items()), order, params))
        instance = "tensorop_gemm_" + re.sub(r"\W", "_", factors.name)
        banner = "/* Written by tensorop-gen, author builtin. */"
        files = {
            "instance.c": _sketch(params, isa, symbols, factors.name, instance, banner),
            "kernels.S": f"{banner}\n{assembly}",
        }
        return Candidate(request.operator, request.dtype, factors, params, self.name, files, instance, order)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Kernels by what they are to do. params: that they come from; those of the sketch alone make no difference."""

    isa: str
    specs: tuple[tuple[Role, kernels.Spec], ...]
    order: Order
    params: GemmParams = field(compare=False)


@functools.lru_cache(maxsize=16)
def _assembly(wanted: _Wanted) -> tuple[dict[Role, str], str]:
    """The kernels' symbols and the text that defines them; a search asks for the same ones again and again."""
    isa = target.find(wanted.isa)
    programs = _ordered(kernels.write(wanted.params, isa), wanted.order)
    symbols = kernels.symbols(programs, wanted.params, isa)
    return symbols, isa.assembly({symbols[role]: program for role, program in programs.items()})


def _ordered(programs: dict[Role, Program], order: Order) -> dict[Role, Program]:
    blocks: dict[str, dict[str, tuple[int, ...]]] = {role: {} for role in programs}
    for where, permutation in order:
        role, _, label = where.partition(":")
        if role not in blocks:
            raise ValueError(f"no kernel is called {role}")
        blocks[role][label] = permutation
    return {role: reorder_blocks(program, blocks[role]) for role, program in programs.items()}


def _sketch(params: GemmParams, isa: Isa, symbols: dict[Role, str], name: str, instance: str, banner: str) -> str:
    scalable = isinstance(isa, Scalable)
    width = isa.lanes * params.group
    most = (isa.most_lanes if isinstance(isa, Scalable) else isa.lanes) * params.group
    values = params.to_dict() | {"mr": params.mr(width), "lanes": width, "most_mr": params.mr(most)}
    return _template().render(p=values, scalable=scalable, symbols=symbols, name=name, instance=instance, banner=banner)


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(source_root() / "kernels" / "gemm"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # C, not HTML
    )
    return environment.get_template("sketch.c.j2")
