"""A CPU that does not exist, and instructions for it."""

from __future__ import annotations

from tensorop_gen.hardware.model import Cost
from tensorop_gen.isa.program import Insn, Kind, Mem
from tensorop_gen.measure.cost.table import Table

COSTS = (
    Cost(insn="fma", unit="vector", latency=4, throughput=2),
    Cost(insn="load", unit="memory", latency=5, throughput=1),
    Cost(insn="scalar", unit="scalar", latency=1, throughput=0.5),
)
UNITS = (("vector", 1), ("memory", 1), ("scalar", 2))


def table(in_order: bool = True, width: int = 2, window: int = 64, loads: float = 1.0) -> Table:
    return Table("toy", width, window, in_order, 0.0, UNITS, COSTS, loads)


def insn(kind: Kind, dest: str, *sources: str, update: bool = False) -> Insn:
    reads = frozenset(sources) | ({dest} if update else set())
    return Insn(kind, (dest, *sources), kind, reads, frozenset({dest}))


def fma(dest: str, *sources: str) -> Insn:
    return insn("fma", dest, *sources, update=True)


def load(dest: str, base: str = "p") -> Insn:
    return Insn("load", (dest, Mem(base, space="a")), "load", frozenset({base}), frozenset({dest}))


def scalar(dest: str, *sources: str) -> Insn:
    return insn("scalar", dest, *sources)
