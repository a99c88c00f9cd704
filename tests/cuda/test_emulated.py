"""Kernels run on the CPU (emulator/): the same text, compiled by g++; Tensor Cores by the letter of the PTX ISA."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.author import cuda as author
from tensorop_gen.operators.gemm.cuda.mma import Mma
from tensorop_gen.operators.gemm.cuda.simt import Simt
from tensorop_gen.operators.gemm.cuda.space import shipped
from tensorop_gen.operators.gemm.cuda.tma import Tma
from tensorop_gen.operators.gemm.cuda.variant import Variant, symbol
from tensorop_gen.source import source_root
from tensorop_gen.verify.emulated import EmulationError, compiler, emulate

TENSOR: list[Any] = [  # every swizzle, and warps side by side along m and along n
    Mma("f16", 64, 64, 32, odd=True),
    Mma("tf32", 64, 64, 32, warps_m=4, warps_n=1, odd=True),
    Tma("f16", 128, 128, stages=3, cluster=2),
    pytest.param(Tma("f16", 128, 64, consumers=1, cluster=1), marks=pytest.mark.slow),
    *(pytest.param(variant, marks=pytest.mark.slow) for variant in shipped() if isinstance(variant, Tma)),
    pytest.param(Mma("bf16", 64, 64, 64, warps_m=1, warps_n=4), marks=pytest.mark.slow),
    pytest.param(Mma("tf32", 64, 64, 16), marks=pytest.mark.slow),
]
SLABS = Mma("f16", 64, 64, 32)  # any that needs CuTe
VARIANTS = [variant for variant in shipped() if isinstance(variant, Simt)]
SMALL = next(variant for variant in VARIANTS if variant.bm == 32)

# Planted bugs: what is replaced in the sketch, by what, and what the emulator says then.
PLANTED = {
    "a barrier is missing": ("        __syncthreads();\n", "", "a wrong element"),
    "the last copy is not awaited": ("async_wait<STAGES - 2>();", "async_wait<STAGES - 1>();", "a wrong element"),
    "a step of k is dropped": ("copy_part(slabs_a, first)", "copy_part(slabs_a, first - 1)", "a wrong element"),
    "C is read where beta is 0": ("beta == 0 ? alpha * sums[i] :", "", "a wrong element"),
    "a row past the edge is stored": ("if (i < rows)", "if (i <= rows)", "a store outside C"),
    "splits write over one another": ("* args.splits + split)", "* args.splits)", "a wrong element"),
    "a barrier that not all reach": ("const bool whole", "if (lane) __syncthreads();\n  const bool whole", "a barrier"),
}


# The same for the sketch for Tensor Cores.
PLANTED_MMA = {
    "the transposed read is a plain one": ("K_MAJOR_A = TRANS_A", "K_MAJOR_A = !TRANS_A", ""),
    "steps past the end of k": ("b.copy(slabs_b + write * BN * BK, left)", "b.copy(slabs_b + write * BN * BK, BK)", ""),
    "a fragment of the slab before": ("read = read + 1 == STAGES ? 0 : read + 1;", "", "a wrong element"),
}
# And for Hopper, whose ring of stages is a header.
PLANTED_TMA = {
    "every matrix of a batch is the first": ("there : k, batch)", "there : k, 0)", "a wrong element"),
    "a stage is never given back": ("if (before >= 0) release(before);\n    before", "before", "wait for each"),
    "a neighbour is not told": ("lane < CLUSTER", "lane < 1", "wait for each"),
    "a stage is given back too soon": ("    hopper::wait_products<1>();\n", "", "a wrong element"),
    "products are not awaited": ("  hopper::wait_products<0>();\n", "", ""),
    "products begin without a fence": ("    hopper::begin_products();\n", "", "before wgmma.fence"),
    "one warp speaks for four": ("WARP = 32", "WARP = 128", "a wrong element"),
    "a box is not announced": ("Shared::BYTES)", "Shared::BYTES - 128)", "wait for each"),
    "a part of a slab is left out": (
        "for (int k = 0; k < int(size<2>(rows))",
        "for (int k = 1; k < int(size<2>(rows))",
        "",
    ),
}
BUGS = [(TENSOR[0], *bug) for bug in PLANTED_MMA.values()] + [(TENSOR[2], *bug) for bug in PLANTED_TMA.values()]


def build(command: Sequence[str], folder: Path) -> None:
    """What was written by us needs no box."""
    subprocess.run([*command, "-Werror"], cwd=folder, check=True)


def start(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, timeout=300, check=False)


def passes(variant: Variant, cases: int) -> None:
    found = emulate(author.write(variant), variant, build, start)
    assert found.fault == ""
    assert found.cases >= cases


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_all_transposes_edges_splits_and_batches(variant: Simt) -> None:
    passes(variant, 60)


@pytest.mark.cuda
@pytest.mark.parametrize("variant", TENSOR, ids=lambda variant: symbol(variant))
def test_the_same_on_tensor_cores(variant: Variant) -> None:
    passes(variant, 28)


@pytest.mark.parametrize(("good", "bad", "said"), PLANTED.values(), ids=PLANTED)
def test_planted_bugs_are_found(good: str, bad: str, said: str) -> None:
    text = author.write(SMALL)
    assert good in text
    assert said in emulate(text.replace(good, bad), SMALL, build, start).fault


def test_what_a_kernel_leaves_is_read_with_care() -> None:
    """It may leave nothing, something else, or files that the judge would be made of if it were made there."""
    text = author.write(SMALL)

    def nothing(_: Sequence[str], folder: Path) -> None:
        for name in ("emulator.h", "variant.h", "variant.cpp", "judge"):
            (folder / name).write_text("#error forged")

    assert "did not end" in emulate(text, SMALL, build, nothing).fault

    def less(_: Sequence[str], folder: Path) -> None:
        (folder / "left.bin").write_bytes(b"1000 cases\n" * 100)

    assert emulate(text, SMALL, build, less).fault

    def another(_: Sequence[str], folder: Path) -> None:
        (folder / "left.bin").symlink_to("/dev/zero")

    with pytest.raises(EmulationError, match="cannot be judged"):
        emulate(text, SMALL, build, another)

    def waits(_: Sequence[str], folder: Path) -> None:
        os.mkfifo(folder / "left.bin")

    with pytest.raises(EmulationError, match="is no file"):
        emulate(text, SMALL, build, waits)


@pytest.mark.cuda
@pytest.mark.slow
@pytest.mark.parametrize(("variant", "good", "bad", "said"), BUGS, ids=[*PLANTED_MMA, *PLANTED_TMA])
def test_planted_bugs_on_tensor_cores_are_found(variant: Variant, good: str, bad: str, said: str) -> None:
    text = author.write(variant)
    ring = (source_root() / "kernels/gemm/cuda/tma_ring.cuh").read_text()
    assert good in text or good in ring

    def build_beside(command: Sequence[str], folder: Path) -> None:
        """A header beside the kernel goes before that of the library."""
        (folder / "tma_ring.cuh").write_text(ring.replace(good, bad))
        build(command, folder)

    fault = emulate(text.replace(good, bad), variant, build_beside if good not in text else build, start).fault
    assert fault
    assert said in fault


@pytest.mark.cuda
def test_slabs_by_the_algebra_of_cute(tmp_path: Path) -> None:
    """Places, banks, boxes of the copy engine, owners of C's elements."""
    source = str(Path(__file__).parent / "check_slabs.cpp")
    subprocess.run([*compiler(SLABS), source, "-o", str(tmp_path / "check")], check=True)
    done = subprocess.run([tmp_path / "check"], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (0, "0 faults\n")
