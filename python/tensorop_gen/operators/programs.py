"""Kernels by what they are to do: written by the instruction set, each once."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from tensorop_gen.isa import target
from tensorop_gen.isa.driver import tile_kernel
from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel, TileKernel
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa, Scalable

Spec = TileKernel | PackKernel | StreamKernel | DotKernel | int  # int: registers of the vector whose floats are counted


def write(specs: Mapping[Role, Spec], isa: Isa) -> dict[Role, Program]:
    return {role: _emitted(isa.name, spec) for role, spec in specs.items()}


@functools.lru_cache(maxsize=64)
def _emitted(isa_name: str, spec: Spec) -> Program:
    """Searches ask for the same kernels again and again."""
    isa = target.find(isa_name)
    if isinstance(spec, TileKernel):
        return tile_kernel(isa.tile, spec)
    if isinstance(spec, PackKernel):
        return isa.pack(spec)
    if isinstance(spec, StreamKernel):
        return isa.stream(spec)
    if isinstance(spec, DotKernel):
        return isa.dot(spec)
    assert isinstance(isa, Scalable)
    return isa.count_lanes(spec)
