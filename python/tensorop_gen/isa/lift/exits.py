"""Gives a kernel one return, at its end: what unwinds the stack then stands once and is described once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tensorop_gen.isa.lift.effect import Lifter
from tensorop_gen.isa.program import Block, Insn, Program

_EXIT = "exit"


def one_exit(program: Program, lifter: Lifter) -> Program:
    """Other returns become jumps into the last one's epilogue, as far up as both are equal."""
    returning = [b for b in program.blocks if b.insns and b.insns[-1].kind == "ret"]
    if not returning or (len(returning) == 1 and returning[0] is program.blocks[-1]):
        return program
    epilogue = _epilogue(returning[-1].insns, lifter)
    shared = {b.label: _common(b.insns, epilogue) for b in returning}
    blocks = [_jumping(b, shared[b.label], lifter) if b in returning else b for b in program.blocks]
    starts = sorted({len(epilogue) - length for length in shared.values()} | {0})
    for start, end in zip(starts, [*starts[1:], len(epilogue)], strict=True):
        blocks.append(Block(_label(len(epilogue) - start), epilogue[start:end]))
    return Program(tuple(blocks))


def _epilogue(insns: Sequence[Insn], lifter: Lifter) -> tuple[Insn, ...]:
    """What comes last and only takes the stack down."""
    start = len(insns)
    while start and lifter.takes_down(insns[start - 1]):
        start -= 1
    return tuple(insns[start:])


def _common(insns: Sequence[Insn], epilogue: Sequence[Insn]) -> int:
    """Instructions at the end that both have."""
    length = 0
    while length < min(len(insns), len(epilogue)) and insns[-1 - length] == epilogue[-1 - length]:
        length += 1
    return length


def _jumping(block: Block, length: int, lifter: Lifter) -> Block:
    return replace(block, insns=(*block.insns[:-length], lifter.jump(_label(length))))


def _label(length: int) -> str:
    return f"{_EXIT}{length}"
