"""Kernels as data: instructions in blocks, with what each reads and writes; text is printed from this last."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["load", "store", "broadcast", "fma", "vector", "shuffle", "scalar", "branch", "prefetch", "stack", "ret"]


@dataclass(frozen=True, slots=True)
class Mem:
    """An address: base + index * scale + disp (bytes). `space` names the buffer, so that accesses to different
    buffers are known to be independent; `broadcast` marks an operand whose one float is repeated over the lanes."""

    base: str
    disp: int = 0
    index: str | None = None
    scale: int = 1
    space: str = ""
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A jump target within the same program."""

    name: str


Operand = str | int | Mem | Label


@dataclass(frozen=True, slots=True)
class Insn:
    """One instruction. Registers are strings, `reads`/`writes` hold registers, "flags" and "mem:<space>".

    `mask` names the register whose set lanes take part; lanes left out are zeroed if `zeroing`, else kept."""

    mnemonic: str
    operands: tuple[Operand, ...]
    kind: Kind
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    mask: str | None = None
    zeroing: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Straight-line instructions under one label (empty for fall-through). A block may be reordered within its
    dependences; its jumps and everything behind the first of them stay where they are."""

    label: str
    insns: tuple[Insn, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A whole kernel: entered at the first block, left by its return instruction."""

    blocks: tuple[Block, ...]

    @property
    def insns(self) -> tuple[Insn, ...]:
        return tuple(i for b in self.blocks for i in b.insns)

    def digest(self) -> str:
        """Eight hex digits that identify the instruction list. Made without sets: their order varies."""
        content = [(b.label, [(i.mnemonic, i.operands, i.mask, i.zeroing) for i in b.insns]) for b in self.blocks]
        return hashlib.sha256(repr(content).encode()).hexdigest()[:8]


@dataclass(slots=True)
class Code:
    """Collects blocks while a kernel is being written."""

    _blocks: list[tuple[str, list[Insn]]] = field(default_factory=lambda: [("", [])])

    def block(self, label: str) -> None:
        self._blocks.append((label, []))

    def emit(self, *insns: Insn) -> None:
        self._blocks[-1][1].extend(insns)

    def program(self) -> Program:
        return Program(tuple(Block(label, tuple(insns)) for label, insns in self._blocks if label or insns))
