"""What a board is: asked over its runner, and held against the target that it is said to be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.machine import Machine, read_told
from tensorop_gen.hardware.model import HardwareError, HardwareFactors
from tensorop_gen.hardware.probe import resolve

_FILES = (
    "sys/devices/system/cpu/online",
    "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq",
    "sys/devices/system/cpu/cpu0/cache/index*/*",
    "proc/device-tree/model",
    "proc/cpuinfo",
)
_MARK = "==== "
_TELL = f'if test -f "$f"; then echo "{_MARK}$f"; cat "$f"; echo; fi'
_SCRIPT = f"cd / && for f in {' '.join(_FILES)}; do {_TELL}; done 2>/dev/null"


class Asked(Protocol):
    """What this stage needs of a runner: what a small program, copied there if need be, prints."""

    def ask(self, argv: Sequence[str]) -> str: ...


def architecture(board: Asked) -> str:
    """As triples spell it."""
    return board.ask(["uname", "-m"]).strip()


def read_board(board: Asked, arch: str, facts: Path) -> Machine:
    """facts: build/facts.py's program for the board. Raises HardwareError and the runner's errors."""
    told = board.ask([str(facts)])
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        root = Path(folder)
        for part in board.ask(["sh", "-c", _SCRIPT]).split(_MARK)[1:]:
            name, _, text = part.partition("\n")
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return read_told(root, arch, told)


def known(factors: HardwareFactors) -> bool:
    """Whether a target is one make of CPU, not all those with some instructions."""
    detect = factors.detect
    return bool(detect.models or detect.compatible or detect.family is not None or detect.vendor)


def identity(machine: Machine) -> str:
    """Vendor, family and names of a core, as far as they are told."""
    names = ", ".join(sorted(machine.compatible))
    told = f"vendor {machine.vendor}, family {machine.family:#x}" if machine.vendor else "no vendor told"
    return f"{told}, {names}" if names else told


def agreed(machine: Machine, factors: HardwareFactors, where: str) -> HardwareFactors:
    """The target with what was probed, where the board does not contradict its file; else raises HardwareError with
    both values of each contradiction, and what to do."""
    faults = [f"  {what}: {there} on the board, {said} in the file" for what, there, said in _faults(machine, factors)]
    if not faults:
        return resolve(machine, [factors])
    try:
        best = resolve(machine, all_targets())
    except HardwareError as error:
        raise HardwareError(_contradiction(faults, factors, where, str(error))) from None
    way = f'it is a {best.name}: ask for "sgemm for this machine" there'
    if not known(best):
        way = (
            f"no file describes this core ({identity(machine)}); the kernels of {best.name} run on every core with its "
        )
        way += f'instructions: ask for "sgemm for {best.name}" there'
    raise HardwareError(_contradiction(faults, factors, where, way))


def _contradiction(faults: list[str], factors: HardwareFactors, where: str, way: str) -> str:
    head = f"board {where} contradicts the file of {factors.name}:\n"
    return head + "\n".join(faults) + f"\n{way}; or write a file of its own for it (CONTRIBUTING, Add a CPU)"


def _faults(machine: Machine, factors: HardwareFactors) -> Iterator[tuple[str, object, object]]:
    """What differs: on the board, in the file."""
    detect = factors.detect
    if missing := sorted(set(detect.features) - machine.features):
        yield "instructions", " ".join(sorted(machine.features)) or "none beyond the baseline", " ".join(missing)
    if known(factors) and machine.vector_bits and machine.vector_bits != factors.vector_bits:
        yield "vector registers", f"{machine.vector_bits} bits", f"{factors.vector_bits} bits"
    if detect.vendor not in (None, machine.vendor):
        yield "vendor", machine.vendor or "none told", detect.vendor
    if detect.family not in (None, machine.family):
        yield "family", f"{machine.family:#x}", f"{detect.family:#x}"
    if detect.models and machine.model not in detect.models:
        yield "model", machine.model, ", ".join(map(str, detect.models))
    if detect.compatible and machine.compatible.isdisjoint(detect.compatible):
        yield "device tree", ", ".join(sorted(machine.compatible)) or "none", ", ".join(detect.compatible)
    in_file = {(cache.level, cache.kind): cache for cache in factors.caches}
    for cache in machine.caches if known(factors) else ():
        said = in_file.get((cache.level, cache.kind), cache)
        if (cache.bytes, cache.ways, cache.line) != (said.bytes, said.ways, said.line):
            there, expected = (f"{c.bytes} bytes, {c.ways}-way, lines of {c.line}" for c in (cache, said))
            yield f"L{cache.level} {cache.kind} cache", there, expected
