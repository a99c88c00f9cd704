"""Sketch and kernels put together to a candidate, whoever wrote the kernels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
) -> Candidate:
    """author: as the files name it. Raises ValueError where the order is not legal."""
    isa = target.find(factors.isa)
    ordered = _ordered(programs, order)
    symbols = kernels.symbols(ordered, params, isa)
    instance = "tensorop_gemm_" + re.sub(r"\W", "_", factors.name)
    banner = f"/* Written by tensorop-gen, author {author}. */"
    files = {
        "instance.c": _sketch(params, isa, symbols, factors.name, instance, banner),
        "kernels.S": f"{banner}\n{isa.assembly({symbols[r]: p for r, p in ordered.items()})}",
    }
    return Candidate(request.operator, request.dtype, factors, params, author, files, instance, order, edges)


def _ordered(programs: Mapping[Role, Program], order: Order) -> dict[Role, Program]:
    blocks: dict[str, dict[str, tuple[int, ...]]] = {role: {} for role in programs}
    for where, permutation in order:
        role, _, label = where.partition(":")
        if role not in blocks:
            raise ValueError(f"no kernel is called {role}")
        blocks[role][label] = permutation
    return {role: reorder_blocks(program, blocks[role]) for role, program in programs.items()}


def _sketch(params: GemmParams, isa: Isa, symbols: dict[Role, str], name: str, instance: str, banner: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(source_root() / "kernels" / "gemm"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # C, not HTML
    )
    scalable = isinstance(isa, Scalable)
    width = isa.lanes * params.group
    most = (isa.most_lanes if isinstance(isa, Scalable) else isa.lanes) * params.group
    values = params.to_dict() | {"mr": params.mr(width), "lanes": width, "most_mr": params.mr(most)}
    return environment.get_template("sketch.c.j2").render(
        p=values, scalable=scalable, symbols=symbols, name=name, instance=instance, banner=banner
    )
