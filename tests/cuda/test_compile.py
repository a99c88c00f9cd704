"""Every kernel of the library, compiled for every architecture it is claimed for, is what it should be: the right
instructions, no memory beside registers and shared memory, and no more of those than its parameters say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.author import cuda as author
from tensorop_gen.build.cubin import kernels
from tensorop_gen.build.nvcc import find_nvcc
from tensorop_gen.build.objects import ObjectStore
from tensorop_gen.hardware.gpu import GpuFactors, find_gpu
from tensorop_gen.operators.gemm.cuda.space import possible
from tensorop_gen.operators.gemm.cuda.tma import WARPGROUP, Tma
from tensorop_gen.operators.gemm.cuda.variant import RESERVED_SHARED, Variant, registers, symbol
from tensorop_gen.source import source_root

# The architectures of TENSOROP_CUDA_ARCHITECTURES, and the GPU whose variants run there.
GPUS = {"sm_80": "a100", "sm_86": "a100", "sm_89": "rtx-4060", "sm_90": "h100"}
EXPECTED = {  # by sketch: what must stand in every kernel that reads 16 bytes at a time
    "simt.cu.j2": {"FFMA", "LDGSTS", "LDS"},
    "mma.cu.j2": {"HMMA", "LDGSTS", "LDSM"},
    "tma.cu.j2": {"HGMMA", "UTMALDG", "SYNCS"},
}
HOPPER = "tma.cu.j2"
INCLUDES = ("include", "kernels/cuda", "kernels/gemm/cuda")


def gpu(name: str) -> GpuFactors:
    found = find_gpu(name)
    assert found
    return found


def cases() -> list[Any]:
    """All of them; those that are not the first of their sketch take long."""
    found, seen = [], set()
    for architecture, name in GPUS.items():
        for variant in possible(gpu(name)):
            exact = "sm_90a" if variant.sketch == HOPPER else architecture
            marks = [pytest.mark.slow] if variant.sketch in seen else []
            seen.add(variant.sketch)
            found.append(pytest.param(exact, gpu(name), variant, marks=marks, id=f"{exact}-{symbol(variant)}"))
    return found


@pytest.fixture(scope="session")
def store(pytestconfig: pytest.Config) -> ObjectStore:
    """Objects stay where pytest keeps things, so that only what changed is compiled again."""
    assert pytestconfig.cache
    return find_nvcc().store(Path(pytestconfig.cache.mkdir("cuda-objects")))


def compiled(text: str, name: str, architecture: str, store: ObjectStore, folder: Path) -> Path:
    root = source_root()
    source = folder / f"{name}.cu"
    source.write_text(text)
    return store.find(source, tuple(root / part for part in INCLUDES), architecture)


def test_all_architectures_have_kernels() -> None:
    assert {case.values[0] for case in cases()} == {*GPUS, "sm_90a"}
    assert {case.values[2].sketch for case in cases() if not case.marks} == set(EXPECTED)


@pytest.mark.cuda
@pytest.mark.parametrize(("architecture", "factors", "variant"), cases())
def test_kernels(architecture: str, factors: GpuFactors, variant: Variant, store: ObjectStore, tmp_path: Path) -> None:
    path = compiled(author.write(variant), symbol(variant), architecture, store, tmp_path)
    assert "warning" not in path.with_suffix(".log").read_text()
    found = kernels(path)
    assert found
    for kernel in found:
        assert (kernel.stack, kernel.local) == (0, 0), kernel
        assert kernel.shared <= RESERVED_SHARED, "all shared memory is dynamic"
        assert not {"LDL", "STL"} & set(kernel.ops)
        assert kernel.registers <= registers(variant, factors)
        if isinstance(variant, Tma):
            assert handed_out(variant) <= kernel.registers * variant.threads, "a warpgroup would wait for registers"
            waits = sum(count for op, count in kernel.modified.items() if op.startswith("WARPGROUP.DEPBAR"))
            assert kernel.ops["HGMMA"] > 2 * waits > 0, "the products of a step follow each other"
    wanted = EXPECTED[variant.sketch]
    vector = [kernel for kernel in found if wanted - {"LDSM"} <= set(kernel.ops)]
    assert len(vector) >= 4, "one for each pair of transposes"
    matrices = [kernel for kernel in vector if wanted <= set(kernel.ops)]
    transposed = variant.operands == "tf32"  # ldmatrix transposes halves only: A and B^T are read by words
    assert len(matrices) >= len(vector) - transposed * len(vector) // 4


def handed_out(variant: Tma) -> int:
    """Registers of a block once its warpgroups have given and taken theirs (setmaxnreg)."""
    return WARPGROUP * (variant.producer_registers + variant.consumers * variant.consumer_registers)


@pytest.mark.cuda
def test_a_kernel_that_spills_is_seen(store: ObjectStore, tmp_path: Path) -> None:
    """The checks above can fail: too few registers for the sums leave them in local memory."""
    variant = next(v for v in possible(gpu("a100")) if v.sketch == "simt.cu.j2")
    text = author.write(variant)
    fewer = text.replace(f"__launch_bounds__(THREADS, {variant.blocks})", "__launch_bounds__(1024, 1)")
    assert fewer != text
    path = compiled(fewer, "spills", "sm_80", store, tmp_path)
    assert all({"LDL", "STL"} <= set(kernel.ops) for kernel in kernels(path))
