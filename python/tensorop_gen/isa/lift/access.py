"""Accesses to memory in a kernel of unknown origin: which buffer an address reaches, and whether that is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tensorop_gen.isa.contract import Contract
from tensorop_gen.isa.lift import stack
from tensorop_gen.isa.lift.effect import Access, Lifter
from tensorop_gen.isa.lift.values import DATA, NUMBER, STACK, UNSET, State, Value
from tensorop_gen.isa.program import Insn, Mem, Operand
from tensorop_gen.isa.refused import Refused


@dataclass(frozen=True, slots=True)
class Found:
    """What an access gives: to the result; to each part; to words of the stack."""

    value: Value = NUMBER
    parts: tuple[Value, ...] = ()
    stack: Mapping[int, Value] = field(default_factory=dict)


def accessed(insn: Insn, access: Access, value: Value, state: State, lifter: Lifter, contract: Contract) -> Found:
    """value: what is written if there are no parts. Raises Refused for what the contract does not allow."""
    address, shown = access.address, lifter.shown(insn)
    registers = {r for r in (address.base, address.index, *access.beside) if r}
    if any(DATA in state.get(r).marks for r in registers):
        raise Refused("memory", "the address depends on elements of a matrix", shown)
    if access.how == "prefetch":
        return Found()
    places = _places(address, state)
    if not places:
        raise Refused("memory", "the address is made from no pointer that was passed to the kernel", shown)
    if STACK in places:
        return _on_stack(insn, access, value, state, lifter)
    if strange := places - contract.writes if access.writes else places - contract.reads:
        what = "write to" if access.writes else "read from"
        raise Refused("memory", f"a kernel must not {what} {', '.join(sorted(strange))}", shown)
    if not access.reads:
        return Found()
    loaded = [_loaded(places, address.disp + i * access.size, contract) for i in range(max(1, len(access.parts)))]
    return Found(parts=tuple(loaded)) if access.parts else Found(loaded[0])


def _loaded(places: frozenset[str], offset: int, contract: Contract) -> Value:
    """A pointer that is kept there, an element, or a number."""
    kept = {contract.pointers[p, offset] for p in places if (p, offset) in contract.pointers}
    return Value(frozenset(kept | ({DATA} if places & contract.data else set())))


def _on_stack(insn: Insn, access: Access, value: Value, state: State, lifter: Lifter) -> Found:
    first = stack.slot(insn, access, state, lifter)
    starts = [first + i * access.size for i in range(max(1, len(access.parts)))]
    read = tuple(stack.loaded(insn, start, access.size, state, lifter) for start in starts if access.reads)
    if not access.parts:
        words = stack.words(first, access.size, value.joined(read[0]) if read else value) if access.writes else {}
        return Found(read[0] if read else NUMBER, (), words)
    if access.reads:
        return Found(parts=read)
    written: dict[int, Value] = {}
    for start, register in zip(starts, access.parts, strict=True):
        written |= stack.words(start, access.size, state.get(register))
    return Found(stack=written)


def marked(insn: Insn, access: Access | None, state: State) -> Insn:
    """With the buffers of its address; an address that may reach several counts as each of them."""
    if access is None:
        return insn
    places = _places(access.address, state)

    def one(operand: Operand) -> Operand:
        return replace(operand, space="+".join(sorted(places))) if isinstance(operand, Mem) else operand

    named = {f"mem:{space}" for space in places}
    reads = frozenset((insn.reads - {"mem:"}) | (named if "mem:" in insn.reads else set()))
    writes = frozenset((insn.writes - {"mem:"}) | (named if "mem:" in insn.writes else set()))
    return replace(insn, operands=tuple(map(one, insn.operands)), reads=reads, writes=writes)


def _places(address: Mem, state: State) -> frozenset[str]:
    """The buffers that an address may reach: of base and index, as either may be the pointer."""
    marks = state.get(address.base).marks if address.base else frozenset()
    marks |= state.get(address.index).marks if address.index else frozenset()
    return frozenset(m for m in marks if m not in (DATA, UNSET) and not m.startswith("saved:"))
