"""What instructions cost on one CPU, and instruction lists in the form that the scoreboards take."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.isa.program import Mem
from tensorop_gen.measure.cost.same import Same
from tensorop_gen.measure.errors import MeasureError

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import Cost, HardwareFactors
    from tensorop_gen.isa.program import Insn

_VECTOR = re.compile(r"v\d+")


class CostError(MeasureError):
    """A target's file does not say what the model needs."""


@dataclass(frozen=True, slots=True)
class Op:
    """A step of an instruction, for a scoreboard. unit: its number, busy: cycles that it occupies one of these;
    slots: places it takes at issue; reads, writes: numbers of registers."""

    unit: int
    busy: float
    latency: float
    slots: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """units: name and count. loads: factor on what all accesses to memory cost."""

    name: str
    width: int
    window: int
    in_order: bool
    mispredict: float
    units: tuple[tuple[str, int], ...]
    costs: tuple[Cost, ...]
    loads: float = 1.0

    @classmethod
    def of(cls, factors: HardwareFactors, loads: float = 1.0) -> Table:
        """Raises CostError for a target without costs."""
        return _table(Same(factors), loads)


@functools.lru_cache(maxsize=64)
def _table(key: Same[HardwareFactors], loads: float) -> Table:
    factors = key.value
    issue = factors.issue
    if not (issue and factors.units and factors.costs):
        raise CostError(f"{factors.name}: its file has no costs, units or issue width, so nothing can be modelled")
    units, in_order = tuple(factors.units.items()), issue.order == "in-order"
    return Table(factors.name, issue.width, issue.window, in_order, issue.mispredict, units, factors.costs, loads)


def cost_names(insn: Insn) -> tuple[str, ...]:
    """By which names a cost is looked up, most special first."""
    kinds = [insn.mnemonic]
    if insn.kind == "scalar" and any(isinstance(o, Mem) for o in insn.operands):
        kinds.append("load")
    kinds.append(insn.kind)
    suffix = _suffix(insn)
    return tuple(name for kind in kinds for name in ((f"{kind}.{suffix}", kind) if suffix else (kind,)))


def _suffix(insn: Insn) -> str:
    """How wide: registers of a group (RVV), or the register's name where the CPU has several widths."""
    if any(isinstance(o, str) and o.startswith("ymm") for o in insn.operands):
        return "ymm"
    return f"m{group(insn)}" if group(insn) else ""


def group(insn: Insn) -> int:
    """Registers of a vector operand, counted where the instruction writes or reads them; 0 for no vectors."""
    return sum(1 for r in insn.writes if _VECTOR.fullmatch(r)) or (
        sum(1 for r in insn.reads if _VECTOR.fullmatch(r)) if insn.kind in ("store", "shuffle") else 0
    )


def ops(insns: tuple[Insn, ...], table: Table) -> tuple[tuple[Op, ...], tuple[int, ...]]:
    """The steps, and for each the number of its instruction. Raises CostError for an instruction without a cost."""
    costs = {cost.insn: cost for cost in table.costs}
    numbers = {name: i for i, (name, _) in enumerate(table.units)}
    counts = dict(table.units)
    registers: dict[str, int] = {}
    found, lines = [], []

    def step(cost: Cost, memory: bool, slots: int, reads: tuple[str, ...], writes: tuple[str, ...]) -> Op:
        if cost.unit not in counts:
            raise CostError(f'{table.name}: {cost.insn} occupies "{cost.unit}", which is none of its units')
        factor = table.loads if memory else 1.0
        used = [tuple(registers.setdefault(r, len(registers)) for r in names) for names in (reads, writes)]
        busy = cost.throughput * counts[cost.unit] * factor
        return Op(numbers[cost.unit], busy, cost.latency * factor, slots, used[0], used[1])

    for i, insn in enumerate(insns):
        for cost, memory, slots, reads, writes in _steps(insn, costs, table.name):
            found.append(step(cost, memory, slots, reads, writes))
            lines.append(i)
    return tuple(found), tuple(lines)


_Step = tuple["Cost", bool, int, tuple[str, ...], tuple[str, ...]]


def _steps(insn: Insn, costs: dict[str, Cost], cpu: str) -> Iterator[_Step]:
    """One step, or two for arithmetic with an operand in memory. Memory itself is no register: hardware finds out
    which accesses meet."""
    reads, writes = (tuple(sorted(r for r in s if not r.startswith("mem:"))) for s in (insn.reads, insn.writes))
    source = next((o for o in insn.operands if isinstance(o, Mem)), None)
    if source and insn.kind in ("fma", "vector", "shuffle"):
        between = ("operand",)
        addresses = tuple(r for r in (source.base, source.index) if r)
        yield _find(("element" if source.broadcast else "load",), insn, costs, cpu), True, 1, addresses, between
        yield _find(cost_names(insn), insn, costs, cpu), False, 0, reads + between, writes
        return
    yield _find(cost_names(insn), insn, costs, cpu), source is not None, 1, reads, writes


def _find(names: tuple[str, ...], insn: Insn, costs: dict[str, Cost], cpu: str) -> Cost:
    for name in names:
        if name in costs:
            return costs[name]
    raise CostError(f"{cpu}: its file has no cost for {insn.mnemonic}, by none of the names {', '.join(names)}")
