"""Accesses to memory in a kernel of unknown origin: which buffer an address reaches, and whether that is allowed."""

from __future__ import annotations

import re
from dataclasses import replace

from tensorop_gen.isa.contract import Contract
from tensorop_gen.isa.program import Insn, Mem, Operand
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.x86 import stack
from tensorop_gen.isa.x86.text import shown
from tensorop_gen.isa.x86.values import DATA, NUMBER, STACK, UNSET, State, Value

_VECTORS = {"x": 16, "y": 32, "z": 64}
_SIZES = (  # 0: of the vector register
    (r"[a-z]+ss|vmovd|vp?(extr|insr)(d|ps)|vpbroadcastd|(mov|add|sub|and|or|xor|imul|cmp|test)l|movslq", 4),
    (r"vmovq|vmovsd|vbroadcastsd|vpbroadcastq|(mov|add|sub|and|or|xor|imul|cmp|test)q", 8),
    (r"vmov[ua]p[sd]|vmovdq[ua](8|16|32|64)?|vfn?m[a-z]+\d+ps|v(add|sub|mul|xor|and|or)ps", 0),
)


def accessed(insn: Insn, address: Mem, state: State, contract: Contract) -> Value:
    """What reading it gives. Raises Refused for what the contract does not allow."""
    if DATA in _value(address.base, state).marks | _value(address.index, state).marks:
        raise Refused("memory", "the address depends on elements of a matrix", shown(insn))
    if insn.kind == "prefetch":
        return NUMBER
    places = _places(address, state)
    if not places:
        raise Refused("memory", "the address is made from no pointer that was passed to the kernel", shown(insn))
    writes, reads = is_written(insn, address), any(r.startswith("mem:") for r in insn.reads)
    if STACK in places:
        return stack.read_or_written(insn, address, state, size(insn), reads)
    if strange := places - contract.writes if writes else places - contract.reads:
        what = "write to" if writes else "read from"
        raise Refused("memory", f"a kernel must not {what} {', '.join(sorted(strange))}", shown(insn))
    kept = {contract.pointers[p, address.disp] for p in places if (p, address.disp) in contract.pointers}
    return Value(frozenset(kept | ({DATA} if places & contract.data else set()))) if reads else NUMBER


def is_written(insn: Insn, address: Mem) -> bool:
    return insn.operands[-1] is address and bool(insn.writes - {"flags"})


def marked(insn: Insn, state: State) -> Insn:
    """With the buffers of its addresses; an address that may reach several counts as each of them."""
    if not any(isinstance(o, Mem) for o in insn.operands) or insn.mnemonic.startswith("lea"):
        return insn
    spaces: set[str] = set()

    def one(operand: Operand) -> Operand:
        if not isinstance(operand, Mem):
            return operand
        places = _places(operand, state)
        spaces.update(places)
        return replace(operand, space="+".join(sorted(places)))

    operands = tuple(one(o) for o in insn.operands)
    named = {f"mem:{space}" for space in spaces}
    reads = frozenset((insn.reads - {"mem:"}) | (named if "mem:" in insn.reads else set()))
    writes = frozenset((insn.writes - {"mem:"}) | (named if "mem:" in insn.writes else set()))
    mnemonic = _unaligned(insn.mnemonic) if STACK in spaces else insn.mnemonic
    return replace(insn, mnemonic=mnemonic, operands=operands, reads=reads, writes=writes)


def size(insn: Insn) -> int:
    """Bytes of an access to the stack. Raises Refused where they are not plain to see."""
    for pattern, bytes_ in _SIZES:
        if re.fullmatch(pattern, insn.mnemonic) and not insn.mask:
            vectors = [o for o in insn.operands if isinstance(o, str) and o[1:3] == "mm"]
            return bytes_ or max(_VECTORS[o[0]] for o in vectors)
    raise Refused("stack", "it is reached by plain moves and arithmetic only", shown(insn))


def _value(register: str | None, state: State) -> Value:
    return state.get(register) if register else NUMBER


def _places(address: Mem, state: State) -> frozenset[str]:
    """The buffers that an address may reach: those of its base, else of its index."""
    for register in (address.base, address.index):
        marks = _value(register, state).marks
        found = frozenset(m for m in marks if m not in (DATA, UNSET) and not m.startswith("saved:"))
        if found:
            return found
    return frozenset()


def _unaligned(mnemonic: str) -> str:
    """A compiler may have been told that the stack is aligned for vectors, which it is not."""
    return re.sub(r"^vmov(dq)?a", r"vmov\1u", mnemonic)
