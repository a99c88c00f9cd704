"""What this machine has of the tools that the way needs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tensorop_gen.build import ToolMissing, find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache.store import CacheError, Store
from tensorop_gen.hardware.model import HardwareError
from tensorop_gen.hardware.probe import probe
from tensorop_gen.llm.box import BoxUnavailable, in_force
from tensorop_gen.measure.cost.judge import find_judge
from tensorop_gen.run import Machine, find_emulator

if TYPE_CHECKING:
    from collections.abc import Callable

# What runs code for other machines here.
_EMULATED = (
    Machine("aarch64"),
    Machine("riscv64"),
    Machine("riscv64", "rvv1.0", 256),
    Machine("riscv64", "rvv0.7.1", elen=32),
)
_PROGRAMS = (("make", "sudo apt-get install make", False), ("cmake", "sudo apt-get install cmake", True))


@dataclass(frozen=True, slots=True)
class Finding:
    """optional: the main job works without it."""

    what: str
    ok: bool
    text: str
    optional: bool = False


def diagnose(store: Store) -> tuple[Finding, ...]:
    """One finding a tool, in the order in which the way needs them."""
    programs = tuple(_program(*program) for program in _PROGRAMS)
    return (
        _tried("this CPU", _cpu),
        _tried("C compiler", _compiler),
        *programs,
        _tried("cache", lambda: _cache(store)),
        _tried("box for what a model writes", in_force, optional=True),
        *_others(),
        _tried("llvm-mca (judge of modelled loops)", lambda: find_judge()[-1], optional=True),
    )


def _others() -> tuple[Finding, ...]:
    """Compilers and emulators for other machines."""
    machines = [machine for machine in _EMULATED if machine.arch != native_arch()]
    compilers = [
        _tried(f"C compiler for {arch}", partial(_cross_compiler, arch), optional=True)
        for arch in dict.fromkeys(machine.arch for machine in machines)
    ]
    emulators = [_tried(f"emulator of {machine}", partial(_emulator, machine), optional=True) for machine in machines]
    return (*compilers, *emulators)


def _cross_compiler(arch: str) -> str:
    return " ".join(find_toolchain(f"{arch}-linux-gnu").compiler)


def _emulator(machine: Machine) -> str:
    return " ".join(find_emulator(machine).words)


def _tried(what: str, look: Callable[[], str], optional: bool = False) -> Finding:
    try:
        return Finding(what, True, look(), optional)
    except (HardwareError, ToolMissing, CacheError, BoxUnavailable) as error:
        return Finding(what, False, str(error), optional)


def _cpu() -> str:
    factors = probe()
    return f"{factors.title} ({factors.name}, {factors.isa}, {factors.cores} cores)"


def _compiler() -> str:
    toolchain = find_toolchain(f"{native_arch()}-linux-gnu")
    toolchain.require(probe().isa)
    return f"{' '.join(toolchain.compiler)}, assembles {probe().isa}"


def _cache(store: Store) -> str:
    store.write("doctor", {"try": b"written"})
    store.remove("doctor")
    return str(store.root)


def _program(name: str, install: str, optional: bool) -> Finding:
    found = shutil.which(name)
    return Finding(name, found is not None, found or f"not there: {install}", optional)
