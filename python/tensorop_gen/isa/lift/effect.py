"""What an instruction does to values, and what is the rule on an architecture: all that following a kernel needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from tensorop_gen.isa.program import Insn, Mem, Program

NOTHING: frozenset[str] = frozenset()
READ = "read"  # stands for what an access without parts reads
Terms = tuple[tuple[str, int], ...]  # names of registers, or READ, each with a factor: see values.added
How = Literal["read", "write", "both", "prefetch"]


@dataclass(frozen=True, slots=True)
class Access:
    """One instruction's access to memory. size: bytes of each part, 0 if that is not plain to see.

    parts: registers loaded or stored one behind the other, each whole; only so may the caller's registers be kept on
    the stack. Without parts what is read may go into the result, and what is written is the result.
    beside: registers that take part in the address but do not stand in it, as a stride."""

    address: Mem
    how: How
    size: int = 0
    parts: tuple[str, ...] = ()
    beside: frozenset[str] = NOTHING

    @property
    def reads(self) -> bool:
        return self.how in ("read", "both")

    @property
    def writes(self) -> bool:
        return self.how in ("write", "both")


@dataclass(frozen=True, slots=True)
class Effect:
    """results: registers that become a value: the sum of terms; or one of that and one_of; or, if same_as is given,
    this register (or READ) and so many bytes more. compares: it says no more than how that is to zero. keeps: those of
    which a part may stay what it was, the flags. decides: what chooses between ways or elements, by how a sum is to
    zero. moved: a pointer that moves on behind the access, by bytes or by a register."""

    terms: Terms = ()
    results: frozenset[str] = NOTHING
    decides: Terms = ()
    same_as: tuple[str, int] | None = None
    one_of: tuple[str, ...] = ()
    compares: bool = False
    keeps: frozenset[str] = NOTHING
    moved: tuple[str, int | str] | None = None
    access: Access | None = None


def functions_of(names: Iterable[str]) -> Terms:
    """Of whatever is neither added nor subtracted."""
    return tuple((name, 0) for name in sorted(names))


@dataclass(frozen=True, slots=True)
class Lifter:
    """An instruction set for code of unknown origin.

    read: the lines of a disassembly, as a program; effect, shown: of an instruction; jump: to a label; takes_down:
    whether an instruction belongs to the end of a function, where only stack and registers are restored.
    arguments: registers of the C signature, in order; saved: those that a call keeps; stack: the stack pointer, always
    a multiple of `aligned`; red_zone: bytes below it that nobody else writes. zero: the register that is always 0."""

    read: Callable[[Iterable[str]], Program]
    effect: Callable[[Insn], Effect]
    shown: Callable[[Insn], str]
    jump: Callable[[str], Insn]
    takes_down: Callable[[Insn], bool]
    arguments: tuple[str, ...]
    saved: tuple[str, ...]
    stack: str
    aligned: int = 16
    red_zone: int = 0
    zero: str = ""
