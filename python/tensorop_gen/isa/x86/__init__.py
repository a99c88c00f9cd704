"""x86-64 with FMA: one emitter for 256-bit (AVX2) and 512-bit (AVX-512) vectors."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import DotKernel, PackKernel, StreamKernel
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.x86.dot import X86Dot
from tensorop_gen.isa.x86.isa import X86
from tensorop_gen.isa.x86.pack import X86Pack
from tensorop_gen.isa.x86.stream import X86Stream
from tensorop_gen.isa.x86.text import assembly
from tensorop_gen.isa.x86.tile import X86Tile


@dataclass(frozen=True, slots=True)
class X86Target:
    """One vector width as isa/target.py wants it."""

    vectors: X86

    @property
    def name(self) -> str:
        return self.vectors.name

    @property
    def lanes(self) -> int:
        return self.vectors.lanes

    @property
    def tile(self) -> X86Tile:
        return X86Tile(self.vectors)

    def pack(self, kernel: PackKernel) -> Program:
        return X86Pack(self.vectors, kernel).program()

    def stream(self, kernel: StreamKernel) -> Program:
        return X86Stream(self.vectors, kernel).program()

    def dot(self, kernel: DotKernel) -> Program:
        return X86Dot(self.vectors, kernel).program()

    def assembly(self, functions: dict[str, Program]) -> str:
        return assembly(functions)


AVX2 = X86Target(X86(256))
AVX512 = X86Target(X86(512))
