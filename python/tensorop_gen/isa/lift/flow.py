"""Follows every value of a kernel of unknown origin along all its ways: what it may read, write and decide upon.

Memory is reached through a pointer among the arguments, one that is kept where such a pointer points, and numbers added
to it, each as the contract allows (how far from where it points is not followed: guard pages and the proof show it).
Whatever else is made of pointers, or of a part of one, is no address and part of none, and decides nothing, so that no
address comes from numbers alone; that one pointer is above another, or that one that was given is null, may decide.
Nothing is read that the kernel did not write before, so that it cannot keep anything from call to call; no jump depends
on elements of the matrices, so that no result can be special."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce

from tensorop_gen.isa.contract import Contract
from tensorop_gen.isa.lift import stack
from tensorop_gen.isa.lift.access import Found, accessed, marked, stored
from tensorop_gen.isa.lift.effect import READ, Effect, Lifter, Terms
from tensorop_gen.isa.lift.exits import one_exit
from tensorop_gen.isa.lift.values import DATA, MIXED, NUMBER, SAVED, STACK, UNSET, State, Value, added
from tensorop_gen.isa.program import Block, Insn, Label, Program
from tensorop_gen.isa.refused import Refused


def lifted(lines: Iterable[str], lifter: Lifter, contract: Contract) -> Program:
    """A disassembled function as a program that keeps the contract. Raises Refused."""
    return follow(one_exit(lifter.read(lines), lifter), lifter, contract)


def follow(program: Program, lifter: Lifter, contract: Contract) -> Program:
    """The program with every address marked with the buffer that it reaches. Raises Refused."""
    flow = _Flow(program.blocks, lifter, contract)
    return Program(tuple(replace(block, insns=tuple(flow.marked(block))) for block in program.blocks))


def is_last(insn: Insn) -> bool:
    """Whether the next instruction is not reached from here."""
    return insn.kind == "ret" or (insn.kind == "branch" and not insn.reads)


class _Flow:
    """States at the begin of each block, found by going round until nothing changes."""

    def __init__(self, blocks: tuple[Block, ...], lifter: Lifter, contract: Contract) -> None:
        if not blocks or not blocks[-1].insns or not is_last(blocks[-1].insns[-1]):
            raise Refused("jump", "the kernel's end is not a return")
        self._lifter, self._contract = lifter, contract
        pushed = dict(stack.taken_above(blocks, lifter))
        self._number = {block.label: i for i, block in enumerate(blocks)}
        self._at: list[State | None] = [None] * len(blocks)
        self._at[0] = self._at_entry()
        waiting = [0]
        while waiting:
            here = waiting.pop()
            for there, state in self._leaving(here, blocks[here]):
                before = self._at[there]
                joined = state if before is None else before.joined(state)
                if joined.get(lifter.stack).offset != -pushed[blocks[there].label]:
                    raise Refused("stack", "its depth here is not what the code above has pushed", blocks[there].label)
                if joined != before:
                    self._at[there] = joined
                    waiting.append(there)

    def _at_entry(self) -> State:
        registers = {r: Value(frozenset({f"{SAVED}{r}", UNSET})) for r in self._lifter.saved}
        registers[self._lifter.stack] = Value(frozenset({STACK}), 0)
        registers[self._lifter.zero] = NUMBER
        for register, buffer in zip(self._lifter.arguments, self._contract.arguments, strict=False):
            registers[register] = Value(frozenset({buffer}), 0) if buffer else NUMBER
        return State(registers)

    def marked(self, block: Block) -> Iterator[Insn]:
        state = self._at[self._number[block.label]]
        for insn in block.insns:
            if state is None:  # nothing can be said of it
                raise Refused("jump", "this code is never reached", self._lifter.shown(insn))
            yield marked(insn, self._lifter.effect(insn).access, state)
            state = None if is_last(insn) else self._after(insn, state)

    def _leaving(self, here: int, block: Block) -> Iterator[tuple[int, State]]:
        state = self._at[here]
        assert state
        for insn in block.insns:
            state = self._after(insn, state)
            if insn.kind == "branch":
                label = insn.operands[-1]
                assert isinstance(label, Label)
                yield self._number[label.name], state
            if is_last(insn):
                return
        yield here + 1, state

    def _after(self, insn: Insn, state: State) -> State:
        effect = self._lifter.effect(insn)
        access = effect.access
        if insn.kind == "ret":
            stack.check_return(insn, state, self._lifter)
        if insn.kind not in ("branch", "ret"):
            self._check_set(insn, effect, state)
        found = accessed(insn, access, state, self._lifter, self._contract) if access else Found()
        with_read = state.with_register(READ, found.value)
        self._check_decision(insn, effect, with_read)
        value, after = _result(effect, with_read), state
        if access:
            after = after.with_stack(stored(access, found.slot, value, state))
            for register, loaded in zip(access.parts if access.reads else (), found.parts, strict=True):
                if register != self._lifter.zero:
                    after = after.with_register(register, loaded)
        if effect.moved:
            register, by = effect.moved
            pointer = state.get(register)
            moved = pointer.moved(by) if isinstance(by, int) else added([(pointer, 1), (state.get(by), 1)])
            after = after.with_register(register, moved)
        for register in effect.results:
            kept = [(state.get(register), 0)] if register in effect.keeps else []
            after = after.with_register(register, added([(value, 1), *kept]))
        if self._lifter.stack in insn.writes:
            stack.check_frame(insn, effect, after, self._lifter)
        return after

    def _check_decision(self, insn: Insn, effect: Effect, state: State) -> None:
        """Of pointers it may be asked which of two is less, and whether one that was given is null."""
        for name, _ in effect.decides:
            if UNSET in state.get(name).marks:
                self._unset(insn, name)
        value = _sum(effect.decides, state).compared()
        what, shown = "a jump" if insn.kind == "branch" else "a choice", self._lifter.shown(insn)
        if DATA in value.marks:
            raise Refused("decision", f"{what} depends on elements of a matrix", shown)
        if MIXED in value.marks:
            raise Refused("decision", f"{what} depends on where in memory a buffer is", shown)

    def _check_set(self, insn: Insn, effect: Effect, state: State) -> None:
        access = effect.access
        kept = access.parts if access and access.writes and access.size >= stack.WORD else ()
        for name in insn.reads:
            marks = state.get(name).marks if not name.startswith("mem:") else frozenset()
            if UNSET in marks and not (name in kept and f"{SAVED}{name}" in marks and stack.is_reached(access, state)):
                self._unset(insn, name)

    def _unset(self, insn: Insn, name: str) -> None:
        raise Refused("unset register", f"{name} is read before the kernel has set it", self._lifter.shown(insn))


def _result(effect: Effect, state: State) -> Value:
    if effect.same_as:
        name, bytes_ = effect.same_as
        value = state.get(name).moved(bytes_)
    else:
        value = _sum(effect.terms, state)
    made = [value.compared() if effect.compares else value] if effect.terms or not effect.one_of else []
    return reduce(Value.joined, made + [state.get(name) for name in effect.one_of])


def _sum(terms: Terms, state: State) -> Value:
    return added([(state.get(name), factor) for name, factor in terms])
