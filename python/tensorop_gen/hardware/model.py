"""Hardware factors (MH, INST, VR of the paper) of one CPU, as the later stages use them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CacheKind = Literal["data", "unified", "instruction"]
ASSUMED = "assumed"  # the source of a number that has none


class HardwareError(RuntimeError):
    """A target is unknown or its facts cannot be had."""


class UnknownTargetError(HardwareError):
    """No target has this name. nearest: names close to it."""

    def __init__(self, text: str, nearest: tuple[str, ...]) -> None:
        self.text = text
        self.nearest = nearest
        super().__init__(f'no target is called "{text}"\nnearest: {", ".join(nearest)}')


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cache(Frozen):
    """One cache. bytes: its size; line: bytes of a line; shared_by: cores that share it."""

    level: int
    kind: CacheKind
    bytes: int
    ways: int
    line: int
    shared_by: int = 1


class Detect(Frozen):
    """When a machine is this target: all features, spelt as in kernels/runtime/cpu_<arch>.h; if given, vendor (Arm:
    implementer, RISC-V: mvendorid, both "0x.."), family (Arm: part, RISC-V: marchid), models, and one of the names that
    the device tree may give core or board."""

    features: tuple[str, ...] = ()
    vendor: str | None = None
    family: int | None = None
    models: tuple[int, ...] = ()
    compatible: tuple[str, ...] = ()


class Emulation(Frozen):
    """How QEMU is told to be like this CPU. cpu: its name of it, or none for the plainest. elen: widest vector element
    in bits (RVV)."""

    cpu: str = ""
    elen: int = 64


class Cost(Frozen):
    """latency, reciprocal throughput: cycles of one instruction class at full vector width; unit: what it occupies.

    insn: a mnemonic, followed by .m1, .m2, .m4 or .m8 where it depends on how many registers a vector has, or a kind of
    instruction (isa/program.py)."""

    insn: str
    latency: float
    throughput: float
    unit: str = ""


class Issue(Frozen):
    """width: instructions begun in a cycle, at most. window: instructions in flight, for out-of-order cores.
    mispredict: cycles lost with a branch that was predicted wrongly."""

    width: int
    order: Literal["in-order", "out-of-order"]
    window: int = 0
    mispredict: float = 0.0


class Source(Frozen):
    """What a core gets its data from when L1 does not have them. level: 2, 3, or 0 for the memory; latency: cycles;
    bytes_per_cycle: of long runs, one core at work."""

    level: int
    latency: float
    bytes_per_cycle: float


class Misses(Frozen):
    """outstanding: lines on their way to L1 at once, at most. prefetched: whether the hardware fetches ahead of reads
    in address order."""

    outstanding: int
    prefetched: bool


class HardwareFactors(Frozen):
    """flops_per_cycle: f32, of one core. clock_ghz: the highest. units: how many of each kind a core has, by the names
    in costs. feeds: where data come from, nearest first. start: parameters of operators that begin with another value
    here than with the instruction set's other CPUs. sources: where each number is from, by its path."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    triple: str
    isa: str
    vector_bits: int
    vector_registers: int
    flops_per_cycle: int
    caches: tuple[Cache, ...]
    cores: int
    clock_ghz: float | None = None
    detect: Detect
    costs: tuple[Cost, ...] = ()
    units: dict[str, int] = Field(default_factory=dict)
    issue: Issue | None = None
    feeds: tuple[Source, ...] = ()
    misses: Misses | None = None
    start: dict[str, Any] = Field(default_factory=dict)
    mca: str | None = None
    emulator: Emulation = Emulation()
    sources: dict[str, str] = Field(default_factory=dict)

    def cache(self, level: int) -> Cache | None:
        """The data or unified cache of a level, or None."""
        return next((c for c in self.caches if c.level == level and c.kind != "instruction"), None)

    def is_assumed(self, row: str, name: str) -> bool:
        """Whether nothing says a number: its row's source is the word assumed, or ends in "assumed: name, ..."."""
        source = self.sources.get(row, self.sources.get(row.split(".")[0], ASSUMED))
        _, word, names = source.rpartition(f"{ASSUMED}: ")
        return source == ASSUMED or (bool(word) and name in names.split(", "))

    @property
    def arch(self) -> str:
        return self.triple.split("-")[0]

    @property
    def specificity(self) -> tuple[bool, bool, bool, bool, int, int]:
        """Orders targets that all match a machine: the greatest knows most about it."""
        d = self.detect
        named = bool(d.models), bool(d.compatible), d.family is not None, d.vendor is not None
        return *named, self.vector_bits, len(d.features)

    def kernel_values(self) -> dict[str, object]:
        """The values that decide which kernel and blocking are right, hence the key of records: instructions, registers
        and private caches. Cores, clock and shared caches differ between machines with the same CPU."""
        private = [c.model_dump() for c in self.caches if c.shared_by == 1 and c.kind != "instruction"]
        names = ("triple", "isa", "vector_bits", "vector_registers", "flops_per_cycle")
        return {name: getattr(self, name) for name in names} | {"caches": private}
