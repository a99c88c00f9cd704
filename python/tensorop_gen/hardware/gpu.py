"""Hardware factors of GPUs (MH, INST, VR and SM of the paper), read from the files that stand among those of CPUs."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, PositiveFloat, PositiveInt, ValidationError

from tensorop_gen.hardware.library import gpu_files, plain
from tensorop_gen.hardware.model import Frozen, HardwareError

ASSUMED = "assumed"
Operands = Literal["f32", "tf32", "f16", "bf16"]


class Sourced(Frozen):
    """source: a key of the file's `sources`, or the word `assumed`."""

    source: str


class Count(Sourced):
    value: PositiveInt


class Number(Sourced):
    value: PositiveFloat


class SharedMemory(Sourced):
    """Bytes of a multiprocessor, and the most that one block may have."""

    multiprocessor: PositiveInt
    block: PositiveInt


class PerOperands(Sourced):
    """f32 on CUDA cores, the others on Tensor Cores with f32 sums, without sparsity."""

    f32: PositiveFloat
    tf32: PositiveFloat
    f16: PositiveFloat
    bf16: PositiveFloat


class GpuFactors(Frozen):
    """schema 1. capability: 86 for compute capability 8.6; architecture: what kernels are compiled for.

    register_file (registers of 32 bits) and resident_threads: of a multiprocessor. bandwidth: of the device's memory,
    GB/s. multiply_adds: of a multiprocessor in a clock. peak: TFLOPS as published. clock_ghz: the highest."""

    schema_version: Annotated[int, Field(alias="schema", ge=1, le=1)]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    aliases: tuple[str, ...] = ()
    triple: Literal["nvptx64-nvidia-cuda"]
    capability: PositiveInt
    architecture: Annotated[str, Field(pattern=r"^sm_\d+a?$")]
    sm: Count
    shared_memory: SharedMemory
    register_file: Count
    resident_threads: Count
    l2_bytes: Count
    bandwidth: Number
    clock_ghz: Number
    multiply_adds: PerOperands
    peak: PerOperands
    sources: dict[str, str] = Field(default_factory=dict)

    @property
    def multiprocessors(self) -> int:
        return self.sm.value

    @property
    def shared(self) -> int:
        return self.shared_memory.multiprocessor

    @property
    def shared_block(self) -> int:
        return self.shared_memory.block

    @property
    def registers(self) -> int:
        return self.register_file.value

    @property
    def threads(self) -> int:
        return self.resident_threads.value

    def rate(self, operands: Operands) -> float:
        """Multiply-adds that a multiprocessor does in a clock, at most."""
        found: float = getattr(self.multiply_adds, operands)
        return found

    def rows(self) -> dict[str, Sourced]:
        """Every fact that has a source."""
        return {name: value for name, value in self if isinstance(value, Sourced)}

    def source(self, fact: str) -> str:
        key = self.rows()[fact].source
        return ASSUMED if key == ASSUMED else self.sources[key]


def all_gpus() -> tuple[GpuFactors, ...]:
    """Every GPU that has a file, by compute capability and name."""
    return tuple(sorted(map(_read, gpu_files()), key=lambda gpu: (gpu.capability, gpu.name)))


def find_gpu(text: str) -> GpuFactors | None:
    """The GPU that a user's words name, whatever the spelling of spaces and dashes, or None."""
    wanted = plain(text)
    return next((gpu for gpu in all_gpus() if wanted in map(plain, (gpu.name, gpu.title, *gpu.aliases))), None)


@functools.cache
def _read(path: Path) -> GpuFactors:
    """Reads and checks a GPU's file; raises HardwareError that names file, place and fault."""
    try:
        gpu = GpuFactors.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "\n".join(f"  {'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors())
        raise HardwareError(f"{path} does not fit the schema of GPUs:\n{faults}") from None
    for where, row in gpu.rows().items():
        if row.source != ASSUMED and row.source not in gpu.sources:
            raise HardwareError(f'{path}: {where} names the source "{row.source}", which `sources` does not list')
    if gpu.name != path.stem:
        raise HardwareError(f'{path} describes "{gpu.name}": file and target must have one name')
    return gpu
