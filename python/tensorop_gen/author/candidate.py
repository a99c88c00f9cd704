"""Sketch and kernels put together to a candidate, whoever wrote the kernels."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tensorop_gen import operators
from tensorop_gen.author.model import Candidate, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.order import reorder_blocks
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable
from tensorop_gen.operators import Operator
from tensorop_gen.operators.params import Factors, P, Params
from tensorop_gen.operators.programs import Spec
from tensorop_gen.request.model import Request

Specs = tuple[tuple[Role, Spec], ...]


def checked(operator: Operator[P], params: P, factors: Factors) -> P:
    """The same; raises ValueError where they cannot work on the target."""
    if found := operator.problems(params, factors):
        raise ValueError("; ".join(found))
    return params


def put_together(
    request: Request,
    factors: HardwareFactors,
    params: Params,
    order: Order,
    programs: Mapping[Role, Program],
    author: str,
    edges: tuple[int, ...] = (),
    specs: Specs = (),
) -> Candidate:
    """author: as the files name it. specs: all that the programs depend on, if on nothing else: a search asks
    for the same ones again and again. Raises ValueError where the order is not legal."""
    operator, isa = operators.find(request.operator), target.find(factors.isa)
    wanted = _Wanted(operator.name, isa.name, specs, order, programs, params)
    written = _known_assembly(wanted) if specs else _assembly(wanted)
    instance = f"tensorop_{operator.name}_" + re.sub(r"\W", "_", factors.name)
    banner = f"/* Written by tensorop-gen, author {author}. */"
    files = {
        "instance.c": _sketch(operator, params, isa, written.symbols, factors.name, instance, banner),
        "kernels.S": f"{banner}\n{written.text}",
    }
    return Candidate(
        *(request.operator, request.dtype, factors, params, author, files, instance, order, edges, written.programs)
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Kernels by what they are to do. params: that they come from; those of the sketch alone make no difference."""

    operator: str
    isa: str
    specs: Specs
    order: Order
    programs: Mapping[Role, Program] = field(compare=False)
    params: Params = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Written:
    """The kernels, their symbols and the text that defines them."""

    programs: dict[Role, Program]
    symbols: dict[Role, str]
    text: str


def _assembly(wanted: _Wanted) -> _Written:
    isa = target.find(wanted.isa)
    programs = ordered(wanted.programs, wanted.order)
    symbols = operators.find(wanted.operator).symbols(programs, wanted.params, isa)
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


def _sketch(
    operator: Operator[Any], params: Params, isa: Isa, symbols: dict[Role, str], name: str, instance: str, banner: str
) -> str:
    values, scalable = operator.sketch_values(params, isa), isinstance(isa, Scalable)
    template = _template(operator.folder)
    return template.render(p=values, scalable=scalable, symbols=symbols, name=name, instance=instance, banner=banner)


@functools.cache
def _template(folder: Path) -> Template:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # C, not HTML
    )
    return environment.get_template("sketch.c.j2")
