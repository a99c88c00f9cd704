"""When each step of an instruction list is done: in order of the program, or out of it."""

from __future__ import annotations

from collections.abc import Sequence

from tensorop_gen.measure.cost.table import Op, Table


def times(steps: Sequence[Op], table: Table) -> list[float]:
    """For each step the cycle in which it is out of the way: issued (in order), retired (out of order)."""
    registers = 1 + max((r for s in steps for r in (*s.reads, *s.writes)), default=0)
    ready = [0.0] * registers
    return _in_order(steps, table, ready) if table.in_order else _out_of_order(steps, table, ready)


def _in_order(steps: Sequence[Op], table: Table, ready: list[float]) -> list[float]:
    """An instruction waits for its operands, for older writes to its results, for its unit and for a place at issue;
    all behind it wait with it."""
    places = [0.0] * table.width
    free = [[0.0] * count for _, count in table.units]
    out, now = [], 0.0
    for step in steps:
        for r in step.reads:
            now = max(now, ready[r])
        for w in step.writes:
            now = max(now, ready[w] - step.latency)
        unit = free[step.unit]
        first = min(unit)
        now = max(now, first)
        if step.slots:
            place = min(places)
            now = max(now, place)
            places[places.index(place)] = now + 1.0
        unit[unit.index(first)] = now + step.busy
        for w in step.writes:
            ready[w] = now + step.latency
        out.append(now)
    return out


def _out_of_order(steps: Sequence[Op], table: Table, ready: list[float]) -> list[float]:
    """`width` instructions a cycle enter a window of `window`; each starts once its operands and its unit are there, a
    younger one before an older one that waits; they leave in order. Registers are renamed."""
    width, window = table.width, table.window
    units = [_Unit(count) for _, count in table.units]
    entered: list[float] = []
    out: list[float] = []
    left = 0.0
    for i, step in enumerate(steps):
        enter = entered[-1] if entered else 0.0
        if not step.slots:
            start = enter
        else:
            if len(entered) >= width:
                enter = max(enter, entered[-width] + 1.0)
            if i >= window:
                enter = max(enter, out[i - window])
            entered.append(enter)
            start = enter + 1.0
        for r in step.reads:
            start = max(start, ready[r])
        start = units[step.unit].take(start, step.busy, enter)
        done = start + step.latency
        for w in step.writes:
            ready[w] = done
        left = max(left, done)
        out.append(left)
    return out


class _Unit:
    """Some units of one kind: until when each is taken, and the gaps that were left before."""

    __slots__ = ("_ends", "_gaps")

    def __init__(self, count: int) -> None:
        self._ends = [0.0] * count
        self._gaps: list[tuple[float, float]] = []

    def take(self, earliest: float, busy: float, now: float) -> float:
        """Takes one for `busy` cycles as early as can be; nothing will be asked for before `now`."""
        for i, (begin, end) in enumerate(self._gaps):
            start = max(begin, earliest)
            if start + busy <= end:
                self._gaps[i : i + 1] = [g for g in ((begin, start), (start + busy, end)) if g[1] > max(g[0], now)]
                return start
        end = min(self._ends)
        start = max(end, earliest)
        if start > end:
            self._gaps.append((end, start))
            if len(self._gaps) > 16:
                self._gaps = [g for g in self._gaps if g[1] > now]
        self._ends[self._ends.index(end)] = start + busy
        return start
