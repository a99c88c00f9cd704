"""What Linux says of the machine: /proc/cpuinfo, /sys, getconf. No instruction is executed to find out."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.hardware.model import Cache, CacheKind, HardwareError

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


@dataclass(frozen=True, slots=True)
class Machine:
    """arch: as uname says it. clock_ghz: the highest, None where the system does not tell it. compatible: what the
    device tree calls core and board, where there is one."""

    arch: str
    title: str
    vendor: str
    family: int
    model: int
    features: frozenset[str]
    caches: tuple[Cache, ...]
    cores: int
    clock_ghz: float | None
    compatible: frozenset[str] = frozenset()

    @property
    def vector_bits(self) -> int:
        """Of RISC-V's vector registers; 0 for other machines."""
        lengths = [re.fullmatch(r"zvl(\d+)b", feature) for feature in self.features]
        return max((int(length[1]) for length in lengths if length), default=0)


def read_machine(root: Path = Path("/"), arch: str | None = None) -> Machine:
    """Reads the machine's facts from the files under root; raises HardwareError that names what is missing."""
    arch = arch or platform.machine()
    if arch != "x86_64":
        raise HardwareError(
            f"this machine is {arch}; only x86_64 can be probed. Name the CPU (tensorop-gen targets lists them)"
        )
    info = _cpuinfo(root / "proc/cpuinfo")
    cpu0 = root / "sys/devices/system/cpu/cpu0"
    return Machine(
        arch=arch,
        title=info["model name"],
        vendor=info["vendor_id"],
        family=int(info["cpu family"]),
        model=int(info["model"]),
        features=frozenset(info["flags"].split()),
        caches=_sysfs_caches(cpu0 / "cache") or _getconf_caches(),
        cores=len(os.sched_getaffinity(0)),
        clock_ghz=_highest_clock(cpu0 / "cpufreq/cpuinfo_max_freq"),
    )


def read_told(root: Path, arch: str, told: str) -> Machine:
    """Another machine's facts: its files under root, as far as they could be read, and what the library's detection
    told there (build/facts.c). Of several kinds of cores, the first."""
    lines = [line.split() for line in told.splitlines()]
    words = {first: rest for first, *rest in reversed([line for line in lines if line])}
    if "features" not in words:
        raise HardwareError(f"the board's answer makes no sense: {told[:200]!r}")
    vendor, family, model = words.get("core", ["", "0", "0"])
    cpus = root / "sys/devices/system/cpu"
    return Machine(
        arch=arch,
        title=_text(root / "proc/device-tree/model") or f"a machine of architecture {arch}",
        vendor=vendor,
        family=int(family),
        model=int(model),
        features=frozenset(words["features"]),
        caches=_sysfs_caches(cpus / "cpu0/cache"),
        cores=_count_list(_text(cpus / "online") or "0"),
        clock_ghz=_highest_clock(cpus / "cpu0/cpufreq/cpuinfo_max_freq"),
        compatible=frozenset(words.get("compatible", ())),
    )


def _text(path: Path) -> str:
    """What a file says; nothing if it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _cpuinfo(path: Path) -> dict[str, str]:
    """The first processor's fields."""
    try:
        first = path.read_text(encoding="utf-8").split("\n\n")[0]
    except OSError as error:
        raise HardwareError(f"cannot probe this machine: {error}. Name the CPU in the request") from None
    fields = dict(re.findall(r"^(.+?)\s*:[ \t]*(.*)$", first, re.M))
    for name in ("model name", "vendor_id", "cpu family", "model", "flags"):
        if name not in fields:
            raise HardwareError(f'cannot probe this machine: {path} has no "{name}". Name the CPU in the request')
    return fields


def _sysfs_caches(folder: Path) -> tuple[Cache, ...]:
    """Caches as sysfs lists them; nothing where a file or number is missing."""
    caches = []
    try:
        for index in sorted(folder.glob("index*")):
            values = {name: (index / name).read_text().strip() for name in _SYSFS_FILES}
            caches.append(_sysfs_cache(values))
    except (OSError, ValueError, KeyError):
        return ()
    return tuple(caches)


_SYSFS_FILES = ("level", "type", "size", "ways_of_associativity", "coherency_line_size", "shared_cpu_list")


def _sysfs_cache(values: dict[str, str]) -> Cache:
    kinds: dict[str, CacheKind] = {"Data": "data", "Instruction": "instruction", "Unified": "unified"}
    return Cache(
        level=int(values["level"]),
        kind=kinds[values["type"]],
        bytes=_size(values["size"]),
        ways=_positive(values["ways_of_associativity"]),
        line=_positive(values["coherency_line_size"]),
        shared_by=_count_list(values["shared_cpu_list"]),
    )


def _getconf_caches() -> tuple[Cache, ...]:
    """Caches as the C library knows them (CPUID), for containers and virtual machines without the sysfs folder."""
    try:
        text = subprocess.run(["getconf", "-a"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        text = ""
    value = dict(re.findall(r"^LEVEL(\w+)\s+(\d+)$", text, re.M))
    kinds: tuple[tuple[int, str, CacheKind], ...] = (
        (1, "1_DCACHE", "data"),
        (1, "1_ICACHE", "instruction"),
        (2, "2_CACHE", "unified"),
    )
    caches = []
    for level, name, kind in kinds:
        size, ways, line = (int(value.get(f"{name}_{what}", 0)) for what in ("SIZE", "ASSOC", "LINESIZE"))
        if size and line:
            caches.append(Cache(level=level, kind=kind, bytes=size, ways=ways or 8, line=line))
    if not any(cache.kind == "data" for cache in caches):
        raise HardwareError("neither sysfs nor getconf tells this machine's caches. Name the CPU in the request")
    return tuple(caches)


def _highest_clock(path: Path) -> float | None:
    try:
        return int(path.read_text()) / 1e6  # kHz
    except (OSError, ValueError):
        return None


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not match:
        raise ValueError(text)
    return _positive(match[1]) * _UNITS[match[2]]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _count_list(text: str) -> int:
    """How many CPUs "0-3,8" names."""
    ranges = [part.split("-") for part in text.split(",")]
    return sum(int(ends[-1]) - int(ends[0]) + 1 for ends in ranges)
