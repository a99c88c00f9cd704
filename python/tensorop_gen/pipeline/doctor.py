"""What this machine has of the tools that the way needs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.build import ToolMissing, find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.cache.store import CacheError, Store
from tensorop_gen.hardware.model import HardwareError
from tensorop_gen.hardware.probe import probe

if TYPE_CHECKING:
    from collections.abc import Callable

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
    )


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except (HardwareError, ToolMissing, CacheError) as error:
        return Finding(what, False, str(error))


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
