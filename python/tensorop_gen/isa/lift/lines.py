"""A disassembly's lines as blocks: what is the same for every instruction set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tensorop_gen.isa.program import Block, Insn, Label, Program
from tensorop_gen.isa.refused import Refused

MOST = 20_000  # instructions of a kernel
_LINE = re.compile(r"^\s+(?P<address>[0-9a-f]+):\t(?P<text>.+?)\s*$")
_TARGET = re.compile(r"([0-9a-f]+)(?: <[^>]*>)?")


@dataclass(frozen=True, slots=True)
class Line:
    """insns: none for padding. target: the address that the last of them jumps to; its label is put in here."""

    address: int
    text: str
    insns: tuple[Insn, ...] = ()
    target: int | None = None


# Address and text of a line; raises Refused.
Reader = Callable[[int, str], Line]


def read_lines(lines: Iterable[str], read: Reader) -> Program:
    """The instructions of one function, cut into blocks at the targets of its jumps; padding is left out.

    Raises Refused for what is not allowed in a kernel or not understood."""
    found = [read(int(match["address"], 16), match["text"]) for line in lines if (match := _LINE.match(line))]
    if len(found) > MOST:
        raise Refused("size", f"{len(found)} instructions; a kernel has at most {MOST}")
    starts = {line.address for line in found}
    for line in found:
        if line.target is not None and line.target not in starts:
            raise Refused("jump", "out of the function, or into the middle of an instruction", line.text)
    labels = {target: f"l{target:x}" for target in sorted({r.target for r in found if r.target is not None})}
    loops = {r.target for r in found if r.target is not None and r.target <= r.address}
    labels |= {target: f"{labels[target]}_loop" for target in loops}
    return Program(tuple(_blocks(found, labels)))


def target(word: str, text: str) -> int:
    """The address that a jump's operand names."""
    match = _TARGET.fullmatch(word)
    if not match:
        raise Refused("jump", "to an address that is not known", text)
    return int(match[1], 16)


def split(operands: str) -> list[str]:
    """At the commas that are not inside brackets."""
    words = re.findall(r"(?:[^,(\[{]|\([^)]*\)|\[[^\]]*\]|\{[^}]*\})+", operands)
    if ",".join(words) != operands:
        raise Refused("not understood", "operands of an instruction", operands)
    return [word.strip() for word in words]


def _blocks(lines: Sequence[Line], labels: dict[int, str]) -> Iterator[Block]:
    label, insns = "", list[Insn]()
    for line in lines:
        if line.address in labels:
            if label or insns:
                yield Block(label, tuple(insns))
            label, insns = labels[line.address], []
        insns += line.insns
        if line.target is not None:
            jump = insns[-1]
            insns[-1] = replace(jump, operands=(*jump.operands[:-1], Label(labels[line.target])))
    if label or insns:
        yield Block(label, tuple(insns))
