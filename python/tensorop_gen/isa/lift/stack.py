"""The stack of a kernel of unknown origin: a frame of its own, as deep on every way as an unwinder will believe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tensorop_gen.isa.lift.effect import Access, Effect, Lifter
from tensorop_gen.isa.lift.values import NUMBER, SAVED, STACK, UNSET, State, Value
from tensorop_gen.isa.program import Block, Insn
from tensorop_gen.isa.refused import Refused

WORD = 8  # bytes of a register that a call keeps
_FRAME = 4096  # bytes of stack that a kernel may use


def taken_above(blocks: Sequence[Block], lifter: Lifter) -> Iterator[tuple[str, int]]:
    """For each block the bytes of stack taken by all above it, which is what the unwinder will believe."""
    depth = 0
    for block in blocks:
        yield block.label, depth
        for insn in block.insns:
            effect = lifter.effect(insn) if lifter.stack in insn.writes else Effect()
            depth -= effect.same_as[1] if effect.same_as else 0


def check_frame(insn: Insn, effect: Effect, state: State, lifter: Lifter) -> None:
    """After an instruction that moved the stack pointer."""
    if not effect.same_as or effect.same_as[0] != lifter.stack:
        text = f"{lifter.stack} may be moved by constants only, and not be aligned: keep no vectors there"
        raise Refused("stack", text, lifter.shown(insn))
    if effect.same_as[1] % lifter.aligned:
        raise Refused("stack", f"{lifter.stack} stays a multiple of {lifter.aligned}", lifter.shown(insn))
    here = state.get(lifter.stack)
    if here.marks != {STACK} or here.offset is None or not -_FRAME <= here.offset <= 0:
        raise Refused("stack", f"a kernel has {_FRAME} bytes of it", lifter.shown(insn))


def check_return(insn: Insn, state: State, lifter: Lifter) -> None:
    if state.get(lifter.stack).offset != 0:
        raise Refused("stack", "it is not as it was at entry", lifter.shown(insn))
    for register in lifter.saved:
        if state.get(register).marks != {f"{SAVED}{register}", UNSET}:
            raise Refused("registers", f"{register} belongs to the caller and is not restored", lifter.shown(insn))


def is_reached(access: Access | None, state: State) -> bool:
    return access is not None and state.get(access.address.base).marks == {STACK}


def slot(insn: Insn, access: Access, state: State, lifter: Lifter) -> int:
    """Bytes from the stack pointer at entry to what an access reaches: all of it in the kernel's own frame."""
    base = state.get(access.address.base)
    if base.offset is None or base.marks != {STACK} or access.address.index or access.beside:
        raise Refused("stack", "its words are reached by constant offsets only", lifter.shown(insn))
    if not access.size:
        raise Refused("stack", "it is reached by plain moves and arithmetic only", lifter.shown(insn))
    first = base.offset + access.address.disp
    last = first + access.size * max(1, len(access.parts))
    depth = state.get(lifter.stack).offset
    assert depth is not None  # check_frame saw to it
    if not depth - lifter.red_zone <= first <= last <= 0 or first % min(access.size, WORD):
        raise Refused("stack", "an access outside the kernel's own frame, or across its words", lifter.shown(insn))
    if access.size < 4:
        raise Refused("stack", "it is reached by words of four bytes or more", lifter.shown(insn))
    return first


def loaded(insn: Insn, first: int, size: int, state: State, lifter: Lifter) -> Value:
    """What is in `size` bytes. Pointers and registers of the caller come back whole or not at all."""
    value = NUMBER
    for place in words(first, size, NUMBER):
        word = state.stack.get(place)
        if word is None or (UNSET in word.marks and size < WORD):
            text = "a word of the stack is read before the kernel has written it"
            raise Refused("unset register", text, lifter.shown(insn))
        value = word if place == first else value.joined(word)
    return value if size == WORD else value.mixed()


def words(first: int, size: int, value: Value) -> dict[int, Value]:
    """What `size` bytes are when a value has been stored there."""
    return dict.fromkeys(range(first, first + size, 4), value if size == WORD else value.mixed())
