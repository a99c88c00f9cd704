"""What is known of registers and stack at a point of a kernel: where each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

UNSET = "unset"  # never written by this kernel
DATA = "data"  # made from elements of a matrix
MIXED = "mixed"  # made from pointers, and none: bits of an address
DISTANCE = "distance"  # from one buffer to another: no address can be made of it, but a way out of a buffer
STACK = "stack"  # points into the stack
SAVED = "saved:"  # before the name of a register: what the caller had there
_NO_BUFFERS = (UNSET, DATA, MIXED, DISTANCE)


@dataclass(frozen=True, slots=True)
class Value:
    """marks: buffers it may point to, STACK being one; where it came from, see above.
    offset: bytes from where the kernel was given the pointer (the stack pointer: at entry), if they are known."""

    marks: frozenset[str] = frozenset()
    offset: int | None = None

    @property
    def buffers(self) -> frozenset[str]:
        """It points into one of them; none: it is no pointer."""
        return frozenset(m for m in self.marks if m not in _NO_BUFFERS and not m.startswith(SAVED))

    def moved(self, bytes_: int) -> Value:
        return self if self.offset is None else replace(self, offset=self.offset + bytes_)

    def joined(self, other: Value) -> Value:
        """Either of two: a pointer, or what the caller had there, only if it is so of both."""
        lost = {mark for mark in self.marks ^ other.marks if mark.startswith(SAVED)}
        either = Value((self.marks | other.marks) - lost, self.offset if self.offset == other.offset else None)
        return either if bool(self.buffers) == bool(other.buffers) else either.mixed()

    def mixed(self) -> Value:
        """Some function of it."""
        marks = frozenset(m for m in self.marks - self.buffers if not m.startswith(SAVED))
        return Value(marks | {MIXED} if self.buffers else marks)

    def compared(self) -> Value:
        """How it is to zero: of a pointer that was given, whether it is null; of another, bits of its address."""
        return Value(self.marks - self.buffers) if self.offset == 0 else self.mixed()


NUMBER = Value()


def added(terms: Sequence[tuple[Value, int]]) -> Value:
    """The sum of values, each times a factor, 0 for some function of it: a pointer only if it is one and numbers."""
    if len(terms) == 1 and terms[0][1] == 1:
        return terms[0][0]
    made = [(value, factor) if factor else (value.mixed(), 0) for value, factor in terms]
    marks = frozenset(m for value, _ in made for m in value.marks - value.buffers if not m.startswith(SAVED))
    pointers = [(value.buffers, factor) for value, factor in made if value.buffers]
    match sorted(pointers, key=lambda pointer: pointer[1]):
        case []:
            return Value(marks)
        case [(buffers, 1)]:
            return Value(marks | buffers)
        case [(one, -1), (other, 1)]:
            return Value(marks if one == other and len(one) == 1 else marks | {DISTANCE})
    return Value(marks | {MIXED})


@dataclass(frozen=True)
class State:
    """registers: all that are not in it are UNSET. stack: offset -> value, of the words of four bytes written."""

    registers: Mapping[str, Value] = field(default_factory=dict)
    stack: Mapping[int, Value] = field(default_factory=dict)

    def get(self, register: str) -> Value:
        return self.registers.get(register, Value(frozenset({UNSET})))

    def with_register(self, register: str, value: Value) -> State:
        return replace(self, registers={**self.registers, register: value})

    def with_stack(self, words: Mapping[int, Value]) -> State:
        return replace(self, stack={**self.stack, **words}) if words else self

    def joined(self, other: State) -> State:
        registers = {r: self.get(r).joined(other.get(r)) for r in self.registers.keys() | other.registers.keys()}
        stack = {o: self.stack[o].joined(other.stack[o]) for o in self.stack.keys() & other.stack.keys()}
        return State(registers, stack)
