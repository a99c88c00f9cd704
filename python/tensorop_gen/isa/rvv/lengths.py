"""How many elements of each vector register a kernel of unknown origin has written, and how registers are grouped.

An instruction writes the elements below vl, those above may still be the caller's. So a register is read only while vl
is the one that it was written under, unless it was written as far as vl can reach: 32 floats a register, of up to 1024
bits. A vl is named by the instruction that gave the number wanted, and by the grouping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tensorop_gen.isa.lift.flow import is_last
from tensorop_gen.isa.program import Block, Insn, Label, Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.rv64.asm import ZERO
from tensorop_gen.isa.rv64.lift import shown
from tensorop_gen.isa.rvv.disassembly import VL

_MOST = 32  # floats of a register
_ALL = "all"


@dataclass(frozen=True)
class _State:
    """group: registers of one, 0 where it is not known. length: the name of vl, "" where it is not known. numbers:
    scalar register -> name of what is in it. written: vector register -> names of the vls that it was written under."""

    group: int = 0
    length: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def joined(self, other: _State) -> _State:
        group = self.group if self.group == other.group else 0
        length = self.length if group and self.length == other.length else ""
        numbers = dict(self.numbers.items() & other.numbers.items())
        written = {v: _both(self.written[v], other.written[v]) for v in self.written.keys() & other.written.keys()}
        return _State(group, length, numbers, written)

    def forgetting(self, origin: str) -> _State:
        """A number of this name is another one from now on."""
        numbers = {r: name for r, name in self.numbers.items() if _origin(name) != origin}
        written = {v: frozenset(n for n in names if _origin(n) != origin) for v, names in self.written.items()}
        return _State(self.group, "" if _origin(self.length) == origin else self.length, numbers, written)


def grouped(program: Program, keeps_vl: bool) -> Program:
    """With all registers of groups among those that instructions read and write. keeps_vl: whether vsetvli with two
    zero registers does. Raises Refused."""
    return _Lengths(program.blocks, keeps_vl).program


class _Lengths:
    """States at the begin of each block, found by going round until nothing changes."""

    def __init__(self, blocks: tuple[Block, ...], keeps_vl: bool) -> None:
        self._keeps_vl = keeps_vl
        number = {block.label: i for i, block in enumerate(blocks)}
        starts = [sum(len(b.insns) for b in blocks[:i]) for i in range(len(blocks))]
        at: list[_State | None] = [None] * len(blocks)
        at[:1] = [_State()]
        waiting = [0] if blocks else []
        while waiting:
            here = waiting.pop()
            for label, state in self._leaving(blocks[here], starts[here], at[here] or _State()):
                there = number[label] if label else here + 1
                if there == len(blocks):
                    continue  # what follows refuses it
                before = at[there]
                joined = state if before is None else before.joined(state)
                if joined != before:
                    at[there] = joined
                    waiting.append(there)
        found = zip(blocks, starts, at, strict=True)
        self.program = Program(tuple(Block(b.label, tuple(self._block(b, s, a or _State()))) for b, s, a in found))

    def _block(self, block: Block, start: int, state: _State) -> Iterator[Insn]:
        for i, insn in enumerate(block.insns):
            whole = _grouped(insn, state)
            _check(whole, state)
            yield whole
            state = self._after(whole, state, f"i{start + i}")

    def _leaving(self, block: Block, start: int, state: _State) -> Iterator[tuple[str, _State]]:
        for i, insn in enumerate(block.insns):
            if insn.kind == "branch":
                label = insn.operands[-1]
                assert isinstance(label, Label)
                yield label.name, state
            if is_last(insn):
                return
            state = self._after(_grouped(insn, state), state, f"i{start + i}")
        yield "", state

    def _after(self, insn: Insn, state: _State, name: str) -> _State:
        """name: of the instruction."""
        if insn.mnemonic == "vsetvli":
            return self._set(insn, state, name)
        scalars = [r for r in insn.writes if r[0] != "v" and not r.startswith("mem:")]
        vectors = [r for r in insn.writes if r[0] == "v"]
        if scalars:
            number = _number(insn, state) or name
            state = state.forgetting(name)
            state = replace(state, numbers={**state.numbers, **dict.fromkeys(scalars, number)})
        if vectors and state.length:
            now = {v: state.written.get(v, frozenset()) | {state.length} for v in vectors}
            state = replace(state, written={**state.written, **now})
        return state

    def _set(self, insn: Insn, state: _State, name: str) -> _State:
        dest, wanted, _, grouping, *_ = map(str, insn.operands)
        group = int(grouping[1:])
        if (dest, wanted) == (ZERO, ZERO):
            if not self._keeps_vl or group != state.group:
                raise Refused("vector type", "give vsetvli the number of elements", shown(insn))
            return state
        if wanted == ZERO:
            length, state = _ALL, state.forgetting(name)
        else:
            number = state.numbers.get(wanted, "")
            state = state if number else state.forgetting(name)
            length = _length(number or name, group)
        numbers = dict(state.numbers) | ({dest: f"all/{group}" if length == _ALL else length} if dest != ZERO else {})
        return replace(state, group=group, length=length, numbers=numbers)


def _origin(name: str) -> str:
    return name.partition("/")[0]


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What is surely written of a register that was written so on one way and so on another."""
    return other if _ALL in one else one if _ALL in other else one & other


def _length(number: str, group: int) -> str:
    """The name of vl where so many elements are wanted: a vl of the same grouping is itself."""
    if number == f"all/{group}" or (number[:1] == "=" and number[1:].isdigit() and int(number[1:]) >= _MOST * group):
        return _ALL
    return number if number.endswith(f"/{group}") else f"{number}/{group}"


def _number(insn: Insn, state: _State) -> str:
    """The name of a number that is not new; "" for another."""
    match insn.mnemonic, insn.operands:
        case "li", (_, int(value)) if value >= 0:
            return f"={value}"
        case "mv", (_, str(source)):
            return state.numbers.get(source, "")
    return ""


def _grouped(insn: Insn, state: _State) -> Insn:
    if VL not in insn.reads or not state.group:
        return insn
    return replace(insn, reads=_all(insn.reads, state.group), writes=_all(insn.writes, state.group))


def _all(names: Iterable[str], group: int) -> frozenset[str]:
    """The single registers of groups; a name of another kind stands for itself."""
    names = frozenset(names)
    vectors = {int(name[1:]) for name in names if name[0] == "v" and name != VL}
    return names - {f"v{n}" for n in vectors} | {f"v{n + i}" for n in vectors for i in range(group)}


def _check(insn: Insn, state: _State) -> None:
    if VL not in insn.reads:
        return
    if not state.group:
        raise Refused("vector type", "vsetvli has not set it, or not the same on every way here", shown(insn))
    registers = [o for o in insn.operands if isinstance(o, str) and o[0] == "v"]
    if any(int(r[1:]) % state.group for r in registers):
        raise Refused("vector type", f"registers are in groups of {state.group} here", shown(insn))
    for register in sorted(r for r in insn.reads if r[0] == "v" and r != VL):
        if not state.written.get(register, frozenset()) & {_ALL, state.length or _ALL}:
            text = f"{register} is read before the kernel has set it, or for more elements than it has set"
            raise Refused("unset register", text, shown(insn))
