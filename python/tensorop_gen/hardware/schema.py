"""The form of hardware/targets/<cpu>.yaml: every number stands beside its source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt, ValidationError

from tensorop_gen.hardware.cost_rows import CostRow, FeedRow, IssueRow, MissRow, Sourced, UnitRow
from tensorop_gen.hardware.model import (
    ASSUMED,
    Cache,
    CacheKind,
    Detect,
    Emulation,
    Frozen,
    HardwareError,
    HardwareFactors,
    Issue,
    Misses,
    Source,
)
from tensorop_gen.isa import target as isas

if TYPE_CHECKING:
    from pathlib import Path

PORTABLE = "generic"  # the instruction set of targets that have no kernels of their own
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


def _ranges(value: object) -> object:
    """[16-31, 97] -> the single numbers."""
    if not isinstance(value, list):
        return value
    numbers: list[int] = []
    for item in value:
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", str(item))
        if not match:
            raise ValueError(f"{item!r} is neither a number nor a range like 16-31")
        numbers += range(int(match[1]), int(match[2] or match[1]) + 1)
    return tuple(numbers)


def _known(isa: str) -> str:
    known = (*isas.names(), PORTABLE)
    if isa not in known:
        raise ValueError(f"{isa!r} is none of {', '.join(known)}")
    return isa


class Count(Sourced):
    value: PositiveInt


class Clock(Sourced):
    value: PositiveFloat


class Vectors(Sourced):
    bits: PositiveInt
    registers: PositiveInt
    flops_per_cycle: PositiveInt


class CacheRow(Sourced):
    level: PositiveInt
    kind: CacheKind
    bytes: PositiveInt
    ways: PositiveInt
    line: PositiveInt
    shared_by: PositiveInt = 1


class DetectRow(Sourced):
    features: tuple[str, ...] = ()
    vendor: str | None = None
    family: int | None = None
    models: Annotated[tuple[Annotated[int, Field(ge=0, le=255)], ...], BeforeValidator(_ranges)] = ()
    compatible: tuple[str, ...] = ()


class TargetFile(Frozen):
    """schema 1."""

    schema_version: Annotated[int, Field(alias="schema", ge=1, le=1)]
    name: Name
    title: str
    aliases: tuple[str, ...] = ()
    triple: str
    isa: Annotated[str, AfterValidator(_known)]
    vectors: Vectors
    caches: Annotated[tuple[CacheRow, ...], Field(min_length=1)]
    cores: Count
    clock_ghz: Clock | None = None
    detect: DetectRow
    costs: tuple[CostRow, ...] = ()
    units: UnitRow | None = None
    issue: IssueRow | None = None
    feeds: tuple[FeedRow, ...] = ()
    misses: MissRow | None = None
    start: dict[str, Any] = Field(default_factory=dict)
    mca: str | None = None
    emulator: Emulation = Emulation()
    sources: dict[str, str] = Field(default_factory=dict)


def read(path: Path) -> HardwareFactors:
    """Reads and checks a target file; raises HardwareError that names file, place and fault."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        target = TargetFile.model_validate(content)
    except ValidationError as error:
        faults = "\n".join(f"  {_where(e['loc'])}: {e['msg']}" for e in error.errors())
        raise HardwareError(f"{path} does not fit the schema of targets:\n{faults}") from None
    except (OSError, yaml.YAMLError) as error:
        raise HardwareError(f"{path} cannot be read: {error}") from None
    return _flatten(target, path)


def _flatten(target: TargetFile, path: Path) -> HardwareFactors:
    rows: dict[str, Sourced] = {"vectors": target.vectors, "cores": target.cores, "detect": target.detect}
    optional = {name: getattr(target, name) for name in ("clock_ghz", "issue", "units", "misses")}
    rows |= {name: row for name, row in optional.items() if row}
    rows |= {f"feeds.{f'L{row.level}' if row.level else 'memory'}": row for row in target.feeds}
    rows |= {f"caches.L{row.level}{row.kind[0]}": row for row in target.caches}
    rows |= {f"costs.{cost.insn}": row for row in target.costs for cost in row.costs()}
    sources: dict[str, str] = {}
    for where, row in rows.items():
        if row.source != ASSUMED and row.source not in target.sources:
            raise HardwareError(f'{path}: {where} names the source "{row.source}", which `sources` does not list')
        sources[where] = ASSUMED if row.source == ASSUMED else target.sources[row.source]
    plain = {"source"}
    return HardwareFactors(
        name=target.name,
        title=target.title,
        aliases=target.aliases,
        triple=target.triple,
        isa=target.isa,
        vector_bits=target.vectors.bits,
        vector_registers=target.vectors.registers,
        flops_per_cycle=target.vectors.flops_per_cycle,
        caches=tuple(Cache(**row.model_dump(exclude=plain)) for row in target.caches),
        cores=target.cores.value,
        clock_ghz=target.clock_ghz.value if target.clock_ghz else None,
        detect=Detect(**target.detect.model_dump(exclude=plain)),
        costs=tuple(cost for row in target.costs for cost in row.costs()),
        units=target.units.counts if target.units else {},
        issue=Issue(**target.issue.model_dump(exclude=plain)) if target.issue else None,
        feeds=tuple(Source(**row.model_dump(exclude=plain)) for row in target.feeds),
        misses=Misses(**target.misses.model_dump(exclude=plain)) if target.misses else None,
        start={name: tuple(v) if isinstance(v, list) else v for name, v in target.start.items()},
        mca=target.mca,
        emulator=target.emulator,
        sources=sources,
    )


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"
