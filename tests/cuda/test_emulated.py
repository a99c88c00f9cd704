"""The CUDA-core kernels run on the CPU (emulator/): the same text, compiled by g++."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tensorop_gen.author import cuda as author
from tensorop_gen.operators.gemm.cuda.simt import Simt
from tensorop_gen.operators.gemm.cuda.space import shipped
from tensorop_gen.operators.gemm.cuda.variant import symbol
from tensorop_gen.source import source_root

EMULATOR = Path(__file__).parent / "emulator"
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


def run(text: str, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "kernel.cu").write_text(text)
    root = source_root()
    includes = [root / "include", root / "kernels" / "cuda", root / "kernels" / "gemm" / "cuda", EMULATOR]
    words = ["g++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas"]
    words += [f"-I{include}" for include in includes]
    words += ["-include", "emulator.h", f"-DVARIANT={name}", "-x", "c++", str(folder / "kernel.cu")]
    words += [str(EMULATOR / "check_simt.cpp"), str(EMULATOR / "emulator.cpp"), "-o", str(folder / "check")]
    subprocess.run(words, check=True)
    return subprocess.run([folder / "check"], capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_all_transposes_edges_splits_and_batches(variant: Simt, tmp_path: Path) -> None:
    done = run(author.write(variant), symbol(variant), tmp_path)
    assert (done.returncode, done.stdout.split()[1:]) == (0, ["cases"]), done.stdout
    assert int(done.stdout.split()[0]) >= 60


@pytest.mark.parametrize(("good", "bad", "said"), PLANTED.values(), ids=PLANTED)
def test_planted_bugs_are_found(good: str, bad: str, said: str, tmp_path: Path) -> None:
    text = author.write(SMALL)
    assert good in text
    done = run(text.replace(good, bad), symbol(SMALL), tmp_path)
    assert done.returncode != 0
    assert said in done.stdout
