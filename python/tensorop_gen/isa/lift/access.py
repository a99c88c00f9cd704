"""Accesses to memory in a kernel of unknown origin: which buffer an address reaches, and whether that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce

from tensorop_gen.isa.contract import Contract
from tensorop_gen.isa.lift import stack
from tensorop_gen.isa.lift.effect import Access, Lifter
from tensorop_gen.isa.lift.stack import WORD
from tensorop_gen.isa.lift.values import DATA, DISTANCE, MIXED, NUMBER, STACK, State, Value, added
from tensorop_gen.isa.program import Insn, Mem, Operand
from tensorop_gen.isa.refused import Refused


@dataclass(frozen=True, slots=True)
class Found:
    """What an access gives: to the result, or to each part. slot: its place on the stack."""

    value: Value = NUMBER
    parts: tuple[Value, ...] = ()
    slot: int | None = None


def accessed(insn: Insn, access: Access, state: State, lifter: Lifter, contract: Contract) -> Found:
    """Raises Refused for what the contract does not allow."""
    reached, shown = _reached(access, state), lifter.shown(insn)
    if DATA in reached.marks:
        raise Refused("memory", "the address depends on elements of a matrix", shown)
    if access.how == "prefetch":
        return Found()
    if {MIXED, DISTANCE} & reached.marks:
        text = "the address is made from pointers in another way than a pointer and numbers added to it"
        raise Refused("memory", text, shown)
    places = reached.buffers
    if not places:
        raise Refused("memory", "the address is made from no pointer that was passed to the kernel", shown)
    if STACK in places:
        return _on_stack(insn, access, state, lifter)
    if strange := places - contract.writes if access.writes else places - contract.reads:
        what = "write to" if access.writes else "read from"
        raise Refused("memory", f"a kernel must not {what} {', '.join(sorted(strange))}", shown)
    if not access.reads:
        return Found()
    loaded = _each(access, lambda at: _loaded(reached.moved(at), access.size, contract))
    return Found(parts=loaded) if access.parts else Found(loaded[0])


def _reached(access: Access, state: State) -> Value:
    """What an address is; its displacement moves it within the buffer."""
    address = access.address
    terms = [(state.get(address.base), 1)] if address.base else []
    terms += [(state.get(address.index), address.scale)] if address.index else []
    terms += [(state.get(register), 0) for register in sorted(access.beside)]
    return added(terms).moved(address.disp)


def _each(access: Access, value: Callable[[int], Value]) -> tuple[Value, ...]:
    """A value for the bytes from which each part, or the whole, begins."""
    return tuple(value(i * access.size) for i in range(max(1, len(access.parts))))


def _loaded(reached: Value, size: int, contract: Contract) -> Value:
    """An element, a number, or a pointer that is kept there: that only if it is read whole and from where it is."""
    found = [_kept(buffer, reached.offset, size, contract) for buffer in sorted(reached.buffers)]
    return reduce(Value.joined, found)


def _kept(buffer: str, offset: int | None, size: int, contract: Contract) -> Value:
    """In a buffer; size: 0 if it is not known."""
    value = Value(frozenset({DATA} if buffer in contract.data else ()))
    for (place, at), target in contract.pointers.items():
        pointer = Value(frozenset({target}), 0)
        if (place, at, WORD) == (buffer, offset, size):
            return pointer
        if place == buffer and (offset is None or not size or offset - WORD < at < offset + size):
            value = added([(value, 1), (pointer, 0)])
    return value


def _on_stack(insn: Insn, access: Access, state: State, lifter: Lifter) -> Found:
    first = stack.slot(insn, access, state, lifter)
    if not access.reads:
        return Found(slot=first)
    loaded = _each(access, lambda at: stack.loaded(insn, first + at, access.size, state, lifter))
    return Found(parts=loaded, slot=first) if access.parts else Found(loaded[0], slot=first)


def stored(access: Access, slot: int | None, value: Value, state: State) -> dict[int, Value]:
    """Words of the stack after an access to this place of it. value: the instruction's result."""
    if slot is None or not access.writes:
        return {}
    values = [state.get(register) for register in access.parts] or [value]
    each = (stack.words(slot + i * access.size, access.size, one) for i, one in enumerate(values))
    return {place: word for words in each for place, word in words.items()}


def marked(insn: Insn, access: Access | None, state: State) -> Insn:
    """With the buffers of its address; an address that may reach several counts as each of them."""
    if access is None:
        return insn
    places = _reached(access, state).buffers

    def one(operand: Operand) -> Operand:
        return replace(operand, space="+".join(sorted(places))) if isinstance(operand, Mem) else operand

    named = {f"mem:{space}" for space in places}
    reads = frozenset((insn.reads - {"mem:"}) | (named if "mem:" in insn.reads else set()))
    writes = frozenset((insn.writes - {"mem:"}) | (named if "mem:" in insn.writes else set()))
    return replace(insn, operands=tuple(map(one, insn.operands)), reads=reads, writes=writes)
