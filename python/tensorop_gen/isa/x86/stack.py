"""The stack of a kernel of unknown origin: a frame of its own, as deep on every way as an unwinder will believe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tensorop_gen.isa.program import Block, Insn, Mem
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86.asm import CALLEE_SAVED
from tensorop_gen.isa.x86.text import shown
from tensorop_gen.isa.x86.values import NUMBER, STACK, UNSET, State, Value

_RED_ZONE = 128  # bytes below rsp that nobody else writes
_FRAME = 4096  # bytes of stack that a kernel may use


def pushed_above(blocks: Sequence[Block]) -> Iterator[tuple[str, int]]:
    """For each block the bytes of stack taken by all above it, which is what the unwinder will believe."""
    depth = 0
    for block in blocks:
        yield block.label, depth
        for insn in block.insns:
            if insn.kind == "stack":
                amount = insn.operands[0] if isinstance(insn.operands[0], int) else 8
                depth += amount if insn.mnemonic in ("pushq", "subq") else -amount


def pushed_or_popped(insn: Insn, state: State) -> State:
    register = insn.operands[0]
    assert isinstance(register, str)
    depth = _depth(state)
    if insn.mnemonic == "pushq":
        value = state.get(register)
        if UNSET in value.marks and f"saved:{register}" not in value.marks:
            raise Refused("unset register", f"%{register} is read before the kernel has set it", shown(insn))
        state = state.with_stack(depth - 8, 8, value).with_register("rsp", Value(frozenset({STACK}), depth - 8))
    else:
        if depth not in state.stack or register == "rsp":
            raise Refused("stack", "what is popped was not pushed", shown(insn))
        state = state.with_register(register, state.stack[depth])
        state = state.with_register("rsp", Value(frozenset({STACK}), depth + 8))
    check_frame(insn, state)
    return state


def check_frame(insn: Insn, state: State) -> None:
    """After an instruction that moved rsp."""
    if insn.mnemonic == "andq":
        raise Refused("stack", "it is realigned to keep vectors there: use fewer vectors at once", shown(insn))
    if insn.mnemonic not in ("pushq", "popq") and not isinstance(insn.operands[0], int):
        raise Refused("stack", "rsp may be moved by push, pop and constants only", shown(insn))
    rsp = state.get("rsp")
    if rsp.marks != {STACK} or rsp.offset is None or not -_FRAME <= rsp.offset <= 0:
        raise Refused("stack", f"a kernel has {_FRAME} bytes of it", shown(insn))


def check_return(insn: Insn, state: State) -> None:
    if state.get("rsp").offset != 0:
        raise Refused("stack", "it is not as it was at entry", shown(insn))
    for register in CALLEE_SAVED:
        if state.get(register).marks != {f"saved:{register}", UNSET}:
            raise Refused("registers", f"%{register} belongs to the caller and is not restored", shown(insn))


def slot(insn: Insn, address: Mem, state: State) -> int:
    """Bytes from rsp at entry."""
    base = state.get(address.base)
    if base.offset is None or address.index:
        raise Refused("stack", "its words are reached by constant offsets only", shown(insn))
    return base.offset + address.disp


def read_or_written(insn: Insn, address: Mem, state: State, size: int, reads: bool) -> Value:
    """What is in `size` bytes of the kernel's own frame, if the instruction reads them."""
    first = slot(insn, address, state)
    if not _depth(state) - _RED_ZONE <= first <= first + size <= 0 or first % 4:
        raise Refused("stack", "an access outside the kernel's own frame", shown(insn))
    value = NUMBER
    for word in (state.stack.get(place) for place in range(first, first + size, 4)) if reads else ():
        if word is None:
            raise Refused("unset register", "a word of the stack is read before the kernel has written it", shown(insn))
        value = value.joined(word)
    return value


def _depth(state: State) -> int:
    depth = state.get("rsp").offset
    assert depth is not None  # check_frame saw to it
    return depth
