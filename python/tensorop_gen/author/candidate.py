"""Sketch and kernels put together to a candidate, whoever wrote the kernels."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tensorop_gen.author.model import Candidate, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.order import reorder_blocks
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import GemmParams, problems
from tensorop_gen.request.model import Request
from tensorop_gen.source import source_root

Specs = tuple[tuple[Role, kernels.Spec], ...]


def checked(params: GemmParams, factors: HardwareFactors) -> GemmParams:
    """The same; raises ValueError where they cannot work on the target."""
    if found := problems(params, factors):
        raise ValueError("; ".join(found))
    return params


def put_together(
    request: Request,
    factors: HardwareFactors,
    params: GemmParams,
    order: Order,
    programs: Mapping[Role, Program],
    author: str,
    edges: tuple[int, ...] = (),
    specs: Specs = (),
) -> Candidate:
    """author: as the files name it. specs: all that the programs depend on, if on nothing else: a search asks
    for the same ones again and again. Raises ValueError where the order is not legal."""
    isa = target.find(factors.isa)
    wanted = _Wanted(isa.name, specs, order, programs, params)
    written = _known_assembly(wanted) if specs else _assembly(wanted)
    instance = "tensorop_gemm_" + re.sub(r"\W", "_", factors.name)
    banner = f"/* Written by tensorop-gen, author {author}. */"
    files = {
        "instance.c": _sketch(params, isa, written.symbols, factors.name, instance, banner),
        "kernels.S": f"{banner}\n{written.text}",
    }
    return Candidate(
        *(request.operator, request.dtype, factors, params, author, files, instance, order, edges, written.programs)
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Kernels by what they are to do. params: that they come from; those of the sketch alone make no difference."""

    isa: str
    specs: Specs
    order: Order
    programs: Mapping[Role, Program] = field(compare=False)
    params: GemmParams = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Written:
    """The kernels, their symbols and the text that defines them."""

    programs: dict[Role, Program]
    symbols: dict[Role, str]
    text: str


def _assembly(wanted: _Wanted) -> _Written:
    isa = target.find(wanted.isa)
    programs = ordered(wanted.programs, wanted.order)
    symbols = kernels.symbols(programs, wanted.params, isa)
    text = isa.assembly({symbols[role]: program for role, program in programs.items()})
    return _Written(programs, symbols, text)


_known_assembly = functools.lru_cache(maxsize=16)(_assembly)


def ordered(programs: Mapping[Role, Program], order: Order) -> dict[Role, Program]:
    """The kernels with their blocks in this order, the others as they are. Raises ValueError where it is not legal."""
    blocks: dict[str, dict[str, tuple[int, ...]]] = {role: {} for role in programs}
    for where, permutation in order:
        role, _, label = where.partition(":")
        if role not in blocks:
            raise ValueError(f"no kernel is called {role}")
        blocks[role][label] = permutation
    return {
        role: reorder_blocks(program, blocks[role]) if blocks[role] else program for role, program in programs.items()
    }


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
