"""What is common to the sketches of GEMM on GPUs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Literal, Protocol

Operands = Literal["f32", "tf32", "f16", "bf16"]
Kind = Literal["SIMT", "MMA", "TMA"]  # as kernels/cuda/variant.h means it
OPERANDS: dict[Operands, str] = {  # as include/tensorop/cuda.h names them
    "f32": "TENSOROP_CUDA_SGEMM",
    "tf32": "TENSOROP_CUDA_TF32GEMM",
    "f16": "TENSOROP_CUDA_HGEMM",
    "bf16": "TENSOROP_CUDA_BF16GEMM",
}
ELEMENT: dict[Operands, int] = {"f32": 4, "tf32": 4, "f16": 2, "bf16": 2}  # bytes
WARP = 32
MOST_THREADS = 1024  # of a block
MOST_REGISTERS = 255  # of a thread
RESERVED_SHARED = 1024  # bytes of each block that the system keeps


class Factors(Protocol):
    """The hardware factors that the sketches depend on; shared memory in bytes, registers of 32 bits."""

    @property
    def name(self) -> str: ...
    @property
    def capability(self) -> int:
        """86 for compute capability 8.6."""

    @property
    def multiprocessors(self) -> int: ...
    @property
    def shared(self) -> int:
        """Of a multiprocessor."""

    @property
    def shared_block(self) -> int:
        """The most that one block may have."""

    @property
    def registers(self) -> int:
        """Of a multiprocessor."""

    @property
    def threads(self) -> int:
        """Of a multiprocessor."""

    def rate(self, operands: Operands) -> float:
        """Multiply-adds that a multiprocessor does in a clock, at most."""


class Variant(Protocol):
    """Parameters of one sketch: what a template of kernels/gemm/cuda/ is filled with."""

    sketch: ClassVar[str]  # the template's name

    @property
    def kind(self) -> Kind: ...
    @property
    def cluster(self) -> int:
        """Neighbouring blocks along m that share tiles of B."""

    @property
    def odd(self) -> bool:
        """Whether there are instances for operands whose columns do not begin at multiples of 16 bytes."""

    @property
    def operands(self) -> Operands: ...
    @property
    def name(self) -> str: ...
    @property
    def bm(self) -> int:
        """Rows of C that a block computes."""

    @property
    def bn(self) -> int:
        """Columns."""

    @property
    def bk(self) -> int:
        """Steps of k of a slab; splits of k are multiples of it."""

    @property
    def threads(self) -> int: ...
    @property
    def shared(self) -> int:
        """Bytes of dynamic shared memory of a block."""

    @property
    def blocks(self) -> int:
        """Blocks that a multiprocessor is to run at a time."""

    def problems(self, factors: Factors) -> list[str]:
        """Why these parameters cannot work on this target; empty if they can."""

    def modelled_rate(self, factors: Factors) -> float:
        """Multiply-adds a clock and multiprocessor, by a model of issue slots and occupancy."""

    def to_dict(self) -> dict[str, Any]: ...


def symbol(variant: Variant) -> str:
    """The C name of the variant's description."""
    return f"tensorop_{variant.operands}_gemm_{variant.name}"


def values(variant: Any) -> dict[str, Any]:
    """All that a template needs to know of a variant."""
    names = [name for name in dir(type(variant)) if isinstance(getattr(type(variant), name), property)]
    return asdict(variant) | {name: getattr(variant, name) for name in names}


def resource_problems(variant: Variant, factors: Factors) -> list[str]:
    """Of threads, registers and shared memory."""
    found = []
    if not WARP <= variant.threads <= MOST_THREADS:
        found.append(f"{variant.threads} threads: a block has {WARP} to {MOST_THREADS}")
    if variant.blocks < 1:
        return [*found, "blocks must be at least 1"]
    if variant.threads * variant.blocks > factors.threads:
        found.append(f"{variant.blocks} blocks of {variant.threads} threads: a multiprocessor runs {factors.threads}")
    if variant.shared > factors.shared_block:
        found.append(f"{variant.shared} bytes of shared memory: a block may have {factors.shared_block}")
    elif variant.blocks * (variant.shared + RESERVED_SHARED) > factors.shared:
        found.append(f"{variant.blocks} blocks of {variant.shared} bytes of shared memory: there are {factors.shared}")
    return found


def registers(variant: Variant, factors: Factors) -> int:
    """Those that a thread may have where so many blocks are to run at a time."""
    each = factors.registers // (variant.blocks * variant.threads)
    return min(each // 8 * 8, MOST_REGISTERS)
