"""The hardware factors of this machine: the most specific known target that matches, with what was probed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.hardware.library import all_targets, find
from tensorop_gen.hardware.machine import Machine, read_machine
from tensorop_gen.hardware.model import Detect, HardwareError, HardwareFactors

if TYPE_CHECKING:
    from collections.abc import Iterable

PROBED = "probed"  # the source of a number that this machine told
OWN = "-host"  # ends the name of a machine whose private caches are not its target's


def probe() -> HardwareFactors:
    """This machine's factors; raises HardwareError."""
    return resolve(read_machine(), all_targets())


def resolve_target(text: str) -> HardwareFactors:
    """The factors of the target that a request names ("host": this machine); raises HardwareError."""
    return probe() if text == "host" else find(text)


def resolve(machine: Machine, targets: Iterable[HardwareFactors]) -> HardwareFactors:
    """The most specific of the targets that match the machine, with the machine's caches, cores and clock."""
    matching = [target for target in targets if target.arch == machine.arch and matches(target.detect, machine)]
    if not matching:
        raise HardwareError(f"no target matches this machine ({machine.arch}, {machine.title})")
    base = max(matching, key=lambda target: target.specificity)
    told = {"caches": machine.caches, "cores": machine.cores, "clock_ghz": machine.clock_ghz}
    probed = {what: value for what, value in told.items() if value}
    sources = {where: source for where, source in base.sources.items() if where.split(".")[0] not in probed}
    sources |= dict.fromkeys(probed, PROBED)
    factors = base.model_copy(update=probed | {"sources": sources})
    if factors.kernel_values() == base.kernel_values():
        return factors
    return factors.model_copy(update={"name": base.name + OWN, "title": machine.title, "aliases": ()})


def is_this_machine(factors: HardwareFactors) -> bool:
    """Whether times taken here are times of that CPU."""
    try:
        return probe().name == factors.name
    except HardwareError:
        return False


def runs(factors: HardwareFactors) -> bool:
    """Whether this machine has the instructions of a target, whatever CPU it is."""
    try:
        machine = read_machine()
    except HardwareError:
        return False
    return factors.arch == machine.arch and machine.features.issuperset(factors.detect.features)


def matches(detect: Detect, machine: Machine) -> bool:
    """Whether a machine fulfils a detection predicate; the generated table in C asks the same."""
    return (
        machine.features.issuperset(detect.features)
        and detect.vendor in (None, machine.vendor)
        and detect.family in (None, machine.family)
        and (not detect.models or machine.model in detect.models)
        and (not detect.compatible or not machine.compatible.isdisjoint(detect.compatible))
    )
