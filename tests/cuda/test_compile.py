"""Every kernel of the library, compiled for every architecture it is claimed for, is what it should be: the right
instructions, no memory beside registers and shared memory, and no more of those than its parameters say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.author import cuda as author
from tensorop_gen.build.cubin import Kernel, kernels
from tensorop_gen.build.nvcc import find_nvcc
from tensorop_gen.hardware.gpu import GpuFactors, find_gpu
from tensorop_gen.operators.gemm.cuda.space import possible
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


def compiled(variant: Variant, architecture: str, folder: Path) -> tuple[Kernel, ...]:
    root = source_root()
    source = folder / "kernel.cu"
    source.write_text(author.write(variant))
    includes = (root / "include", root / "kernels" / "cuda", root / "kernels" / "gemm" / "cuda")
    done = find_nvcc().compile(source, includes, architecture, folder / "kernel.cubin")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr, done.stderr
    return kernels(folder / "kernel.cubin")


def test_all_architectures_have_kernels() -> None:
    assert {case.values[0] for case in cases()} == {*GPUS, "sm_90a"}
    assert {case.values[2].sketch for case in cases() if not case.marks} == set(EXPECTED)


@pytest.mark.cuda
@pytest.mark.parametrize(("architecture", "factors", "variant"), cases())
def test_kernels(architecture: str, factors: GpuFactors, variant: Variant, tmp_path: Path) -> None:
    found = compiled(variant, architecture, tmp_path)
    assert found
    for kernel in found:
        assert (kernel.stack, kernel.local) == (0, 0), kernel
        assert kernel.shared <= RESERVED_SHARED, "all shared memory is dynamic"
        assert not {"LDL", "STL"} & set(kernel.ops)
        assert kernel.registers <= registers(variant, factors)
    vector = [kernel for kernel in found if EXPECTED[variant.sketch] <= set(kernel.ops)]
    assert len(vector) >= 4, "one for each pair of transposes"


@pytest.mark.cuda
def test_a_kernel_that_spills_is_seen(tmp_path: Path) -> None:
    """The checks above can fail: too few registers for the sums leave them in local memory."""
    variant = next(v for v in possible(gpu("a100")) if v.sketch == "simt.cu.j2")
    source = tmp_path / "kernel.cu"
    text = author.write(variant)
    source.write_text(text.replace(f"__launch_bounds__(THREADS, {variant.blocks})", "__launch_bounds__(1024, 1)"))
    assert source.read_text() != text
    root = source_root()
    includes = (root / "include", root / "kernels" / "cuda", root / "kernels" / "gemm" / "cuda")
    done = find_nvcc().compile(source, includes, "sm_80", tmp_path / "kernel.cubin")
    assert done.returncode == 0, done.stderr
    assert all({"LDL", "STL"} <= set(kernel.ops) for kernel in kernels(tmp_path / "kernel.cubin"))
