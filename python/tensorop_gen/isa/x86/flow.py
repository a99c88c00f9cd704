"""Follows every value of a kernel of unknown origin along all its ways: what it may read, write and decide upon.

Memory is reached through the arguments' pointers only, each as the contract allows; nothing is read that the kernel did
not write before, so that it cannot keep anything from call to call; no jump depends on elements of the matrices, so
that no result can be special."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tensorop_gen.isa.contract import Contract
from tensorop_gen.isa.program import Block, Insn, Label, Mem, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86 import stack
from tensorop_gen.isa.x86.access import accessed, is_written, marked, size
from tensorop_gen.isa.x86.asm import CALLEE_SAVED
from tensorop_gen.isa.x86.disassembly import whole
from tensorop_gen.isa.x86.text import shown
from tensorop_gen.isa.x86.values import DATA, NUMBER, STACK, UNSET, State, Value

_LAST = ("jmp", "retq")  # the next instruction is not reached from here
_ARGUMENTS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")


def follow(program: Program, contract: Contract, vector_bits: int) -> Program:
    """The program with every address marked with the buffer that it reaches. Raises Refused."""
    if vector_bits < 512:
        _check_registers(program)
    flow = _Flow(program.blocks, contract)
    return Program(tuple(replace(block, insns=tuple(flow.marked(block))) for block in program.blocks))


def _check_registers(program: Program) -> None:
    for insn in program.insns:
        masks = any(r[0] == "k" or (r.startswith("zmm") and int(r[3:]) > 15) for r in insn.reads | insn.writes)
        if masks or any(isinstance(o, str) and o.startswith("zmm") for o in insn.operands):
            raise Refused("instruction", "needs AVX-512, which the target has not", shown(insn))


class _Flow:
    """States at the begin of each block, found by going round until nothing changes."""

    def __init__(self, blocks: tuple[Block, ...], contract: Contract) -> None:
        if not blocks or not blocks[-1].insns or blocks[-1].insns[-1].mnemonic not in _LAST:
            raise Refused("jump", "the kernel's end is not a return")
        self._contract = contract
        self._pushed = dict(stack.pushed_above(blocks))
        self._number = {block.label: i for i, block in enumerate(blocks)}
        self._at: list[State | None] = [None] * len(blocks)
        self._at[0] = _at_entry(contract)
        waiting = [0]
        while waiting:
            here = waiting.pop()
            for there, state in self._leaving(here, blocks[here]):
                before = self._at[there]
                joined = state if before is None else before.joined(state)
                if joined.get("rsp").offset != -self._pushed[blocks[there].label]:
                    raise Refused("stack", "its depth here is not what the code above has pushed", blocks[there].label)
                if joined != before:
                    self._at[there] = joined
                    waiting.append(there)

    def marked(self, block: Block) -> Iterator[Insn]:
        state = self._at[self._number[block.label]]
        for insn in block.insns:
            if state is None:  # nothing can be said of it
                raise Refused("jump", "this code is never reached", shown(insn))
            yield marked(insn, state)
            state = None if insn.mnemonic in _LAST else self._after(insn, state)

    def _leaving(self, here: int, block: Block) -> Iterator[tuple[int, State]]:
        state = self._at[here]
        assert state
        for insn in block.insns:
            if insn.kind == "branch":
                if DATA in _read(insn, state).marks:
                    raise Refused("decision", "a jump depends on elements of a matrix", shown(insn))
                label = insn.operands[0]
                assert isinstance(label, Label)
                yield self._number[label.name], state
            state = self._after(insn, state)
            if insn.mnemonic in _LAST:
                return
        yield here + 1, state

    def _after(self, insn: Insn, state: State) -> State:
        if insn.kind == "branch":
            return state
        if insn.kind == "ret":
            stack.check_return(insn, state)
            return state
        if insn.mnemonic in ("pushq", "popq"):
            return stack.pushed_or_popped(insn, state)
        _check_decision(insn, state)
        value = _read(insn, state)
        for operand in insn.operands:
            if isinstance(operand, Mem) and not insn.mnemonic.startswith("lea"):
                value = value.joined(accessed(insn, operand, state, self._contract))
        value = _tracked(insn, state, value)
        after = state
        for register in insn.writes:
            if not register.startswith("mem:"):
                after = after.with_register(register, value)
        dest = insn.operands[-1] if insn.operands else ""
        if isinstance(dest, Mem) and is_written(insn, dest) and STACK in state.get(dest.base).marks:
            after = after.with_stack(stack.slot(insn, dest, state), size(insn), value)
        if "rsp" in insn.writes:
            stack.check_frame(insn, after)
        return after


def _at_entry(contract: Contract) -> State:
    registers = {r: Value(frozenset({f"saved:{r}", UNSET})) for r in CALLEE_SAVED}
    registers["rsp"] = Value(frozenset({STACK}), 0)
    for register, buffer in zip(_ARGUMENTS, contract.arguments, strict=False):
        registers[register] = Value(frozenset({buffer} if buffer else ()))
    return State(registers)


def _read(insn: Insn, state: State) -> Value:
    """What the result is made from; registers that only form the address of a load are no part of it."""
    registers = {name for name in insn.reads if not name.startswith("mem:")}
    for name in registers:
        if UNSET in state.get(name).marks:
            raise Refused("unset register", f"%{name} is read before the kernel has set it", shown(insn))
    if not insn.mnemonic.startswith("lea"):
        direct = {whole(o) for o in insn.operands if isinstance(o, str)} | {"flags", insn.mask}
        registers &= direct
    value = NUMBER
    for name in registers:
        value = value.joined(state.get(name))
    return value


def _check_decision(insn: Insn, state: State) -> None:
    """Conditional moves, and masks made from elements, choose as jumps do."""
    chooses = insn.mnemonic.startswith(("cmov", "set", "vpcmp"))
    makes_mask = insn.mnemonic.startswith("vpmov") and insn.mnemonic.endswith("2m")
    looked_at = state.get("flags") if insn.mnemonic.startswith(("cmov", "set")) else _read(insn, state)
    if (chooses or makes_mask) and DATA in looked_at.marks:
        raise Refused("decision", "a choice depends on elements of a matrix", shown(insn))


def _tracked(insn: Insn, state: State, value: Value) -> Value:
    """With the offset of a pointer into the stack, as far as it can be known."""
    *sources, dest = insn.operands or ("",)
    source = sources[0] if sources else ""
    if insn.mnemonic == "movq" and isinstance(source, str) and source and isinstance(dest, str):
        return state.get(whole(source))
    if insn.mnemonic == "leaq" and isinstance(source, Mem) and source.base and not source.index:
        return state.get(source.base).moved(source.disp)
    if insn.mnemonic in ("addq", "subq") and isinstance(source, int) and isinstance(dest, str):
        return state.get(whole(dest)).moved(source if insn.mnemonic == "addq" else -source)
    return replace(value, offset=None)
