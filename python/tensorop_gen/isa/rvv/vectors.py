"""Constructors for the RISC-V vector instructions that the kernels use, in words that hold for RVV 1.0 and 0.7.1.

Only what both have: no fractional grouping, no whole-register moves, no widths of their own for loads; elements have 32
bits throughout. Every instruction reads "vl", which stands for vl and vtype; `setvl` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tensorop_gen.isa.program import Insn, Kind, Mem
from tensorop_gen.isa.rv64.asm import ZERO

VECTORS = 32  # registers
SEW = "e32"
# What becomes of elements past vl: RVV 1.0 leaves them ("tu") or may fill them ("ta"); 0.7.1 always zeroes them.
Tail = Literal["ta", "tu"]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vector instructions on groups of `group` registers (LMUL: 1, 2, 4 or 8)."""

    group: int

    @property
    def count(self) -> int:
        """Groups there are."""
        return VECTORS // self.group

    def v(self, number: int) -> str:
        """The name of a group: of its first register."""
        return f"v{number * self.group}"

    def _registers(self, *names: str) -> set[str]:
        """The single registers of groups; a name of another kind stands for itself."""
        out: set[str] = set()
        for name in names:
            if name[0] == "v":
                out |= {f"v{int(name[1:]) + i}" for i in range(self.group)}
            else:
                out |= {name} - {ZERO}
        return out

    def _op(self, mnemonic: str, dest: str, *sources: str | int, kind: Kind = "vector", update: bool = False) -> Insn:
        reads = self._registers(*(s for s in sources if isinstance(s, str)), *([dest] if update else [])) | {"vl"}
        return Insn(mnemonic, (dest, *sources), kind, frozenset(reads), frozenset(self._registers(dest)))

    def setvl(self, dest: str, wanted: str, tail: Tail = "ta") -> Insn:
        """dest = vl = as many elements as wanted, at most a group's."""
        reads, writes = frozenset({wanted} - {ZERO}), frozenset({"vl", dest} - {ZERO})
        return Insn("vsetvli", (dest, wanted, SEW, f"m{self.group}", tail, "ma"), "scalar", reads, writes)

    def load(self, dest: str, base: str, space: str) -> Insn:
        reads = frozenset({base, "vl", f"mem:{space}"})
        return Insn("vle32.v", (dest, Mem(base, space=space)), "load", reads, frozenset(self._registers(dest)))

    def load_strided(self, dest: str, base: str, stride: str, space: str) -> Insn:
        """stride: register, bytes. Elements past vl keep their value in RVV 1.0 with tail "tu"."""
        reads = frozenset({base, stride, "vl", f"mem:{space}"})
        return Insn("vlse32.v", (dest, Mem(base, space=space), stride), "load", reads, frozenset(self._registers(dest)))

    def store(self, source: str, base: str, space: str) -> Insn:
        reads = frozenset({base, "vl"} | self._registers(source))
        return Insn("vse32.v", (source, Mem(base, space=space)), "store", reads, frozenset({f"mem:{space}"}))

    def store_strided(self, source: str, base: str, stride: str, space: str) -> Insn:
        reads = frozenset({base, stride, "vl"} | self._registers(source))
        return Insn("vsse32.v", (source, Mem(base, space=space), stride), "store", reads, frozenset({f"mem:{space}"}))

    def zero(self, dest: str) -> Insn:
        return self._op("vmv.v.i", dest, 0)

    def splat(self, dest: str, scalar: str) -> Insn:
        """Every element of dest becomes the float register's value."""
        return self._op("vfmv.v.f", dest, scalar, kind="broadcast")

    def product(self, dest: str, vector: str, scalar: str) -> Insn:
        return self._op("vfmul.vf", dest, vector, scalar, kind="fma")

    def fused(self, dest: str, factor: str, vector: str) -> Insn:
        """dest += factor * vector; factor: a float register or a group."""
        name = "vfmacc.vv" if factor[0] == "v" else "vfmacc.vf"
        return self._op(name, dest, factor, vector, kind="fma", update=True)

    def sum(self, dest: str, vector: str, start: str) -> Insn:
        """dest[0] = start[0] + the sum of vector's elements, in the order that the CPU likes."""
        reads = frozenset(self._registers(vector) | {start, "vl"})
        return Insn("vfredusum.vs", (dest, vector, start), "shuffle", reads, frozenset({dest}))

    def first(self, dest: str, vector: str) -> Insn:
        """Float register dest = vector[0]."""
        return Insn("vfmv.f.s", (dest, vector), "shuffle", frozenset({vector, "vl"}), frozenset({dest}))
