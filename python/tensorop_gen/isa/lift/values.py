"""What is known of registers and stack at a point of a kernel: where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

UNSET = "unset"  # never written by this kernel
DATA = "data"  # made from elements of a matrix
STACK = "stack"  # points into the stack


@dataclass(frozen=True, slots=True)
class Value:
    """marks: buffers it may point to, DATA, UNSET, STACK, or "saved:<register>" for what the caller had there.
    offset: bytes from the stack pointer at entry, of a pointer into the stack, if it is known."""

    marks: frozenset[str] = frozenset()
    offset: int | None = None

    def moved(self, bytes_: int) -> Value:
        return self if self.offset is None else replace(self, offset=self.offset + bytes_)

    def joined(self, other: Value) -> Value:
        """Either of two, or made of both: what the caller had it is only if it is so of both."""
        lost = {mark for mark in self.marks ^ other.marks if mark.startswith("saved:")}
        return Value((self.marks | other.marks) - lost, self.offset if self.offset == other.offset else None)


NUMBER = Value()


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
