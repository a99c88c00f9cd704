"""Programs for other machines under QEMU's user-mode emulator: which is there, and what it can do, is found by asking.

Names of properties differ between versions, and RVV 0.7.1 exists in version 5 only, so each spelling is tried with a
tiny program that answers from inside (probe.py)."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from tensorop_gen.build.debian import Package, fetch
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.run import probe
from tensorop_gen.run.base import RunKind

Vector = Literal["", "rvv1.0", "rvv0.7.1"]

# The last QEMU with RVV 0.7.1. Its programs are static and run on any Linux.
QEMU_5_2 = Package("qemu-5.2", "bullseye", ("qemu-user-static",))

_DEFAULT_CPU = {"riscv64": "rv64"}
# Agnostic elements set to ones where the emulator can: a kernel must not count on them.
_SPELLINGS: dict[Vector, tuple[str, ...]] = {
    "": ("",),
    "rvv1.0": (
        ",v=true,vext_spec=v1.0,vlen={vlen},elen={elen},rvv_ta_all_1s=true,rvv_ma_all_1s=true",
        ",v=true,vlen={vlen},elen={elen},rvv_ta_all_1s=true,rvv_ma_all_1s=true",
        ",v=true,vext_spec=v1.0,vlen={vlen},elen={elen}",
        ",x-v=true,vext_spec=v1.0,vlen={vlen},elen={elen}",
    ),
    "rvv0.7.1": (",x-v=true,vext_spec=v0.7.1,vlen={vlen},elen={elen}",),
}


@dataclass(frozen=True)
class Machine:
    """What is to be emulated. cpu: QEMU's name of it, or none for its plainest. vlen, elen: bits, for RVV only."""

    arch: str
    vector: Vector = ""
    vlen: int = 128
    elen: int = 64
    cpu: str = ""

    @classmethod
    def like(cls, factors: HardwareFactors, vlen: int = 0) -> Machine:
        """One that runs a target's code. vlen: other than the target's own."""
        has = factors.detect.features
        vector: Vector = "rvv1.0" if "v" in has else "rvv0.7.1" if "xtheadvector" in has else ""
        bits = vlen or factors.vector_bits if vector else cls.vlen
        return cls(factors.arch, vector, bits, factors.emulator.elen, factors.emulator.cpu)

    def __str__(self) -> str:
        vectors = f" with {self.vector.upper().replace('RVV', 'RVV ')} at VLEN {self.vlen}" if self.vector else ""
        return f"{self.cpu or self.arch}{vectors}"


@dataclass(frozen=True, slots=True)
class EmulatedRunner:
    """Starts a program under an emulator. words: what stands before it."""

    words: tuple[str, ...]
    timeout: float = 60.0
    kind: ClassVar[RunKind] = "emulated"
    away: ClassVar[bool] = False

    def command(self, argv: Sequence[str]) -> list[str]:
        return [*self.words, *argv]


@functools.cache
def find_emulator(machine: Machine) -> EmulatedRunner:
    """The first emulator of this machine that can do what is asked. Raises ToolMissing."""
    refusals = []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "probe"
        probe.write(program, machine.arch, machine.vector)
        expected = machine.vlen // 64 if machine.vector else 0
        for words in _candidates(machine):
            answer = probe.ask([*words, str(program)])
            if answer == expected:
                return EmulatedRunner(words)
            refusals.append(f"  {' '.join(words)}: {answer}")
    tried = "\n".join(refusals) if refusals else f"  no program qemu-{machine.arch}-static or qemu-{machine.arch}"
    raise ToolMissing(f"no emulator for {machine}; tried\n{tried}", _install(machine))


def install_emulators() -> Path:
    """Fetches the QEMU that runs RVV 0.7.1; the folder it is in. Raises ToolMissing."""
    find_emulator.cache_clear()
    return fetch(QEMU_5_2)


def _candidates(machine: Machine) -> Iterator[tuple[str, ...]]:
    cpu = machine.cpu or _DEFAULT_CPU.get(machine.arch, "")
    for program in _programs(machine.arch):
        for spelling in _SPELLINGS[machine.vector]:
            options = cpu + spelling.format(vlen=machine.vlen, elen=machine.elen)
            yield (program, "-cpu", options) if options else (program,)


def _programs(arch: str) -> Iterator[str]:
    for name in (f"qemu-{arch}-static", f"qemu-{arch}"):
        own = QEMU_5_2.folder / "usr" / "bin" / name
        yield from (found for found in (shutil.which(name), shutil.which(str(own))) if found)


def _install(machine: Machine) -> str:
    if machine.vector == "rvv0.7.1":
        return "tensorop-gen doctor --install (the last QEMU with RVV 0.7.1 is version 5.2)"
    needed = "RVV 1.0 needs QEMU 7.0 or later" if machine.vector else f"a version that knows {machine.cpu}"
    return "sudo apt-get install qemu-user-static" + (f" ({needed})" if machine.vector or machine.cpu else "")
