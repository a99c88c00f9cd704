"""From a sentence to a library for a GPU, on a machine that has none."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from tensorop_gen.build.nvcc import find_nvcc
from tensorop_gen.cli.console import QuietReporter
from tensorop_gen.emit import cuda as emit
from tensorop_gen.emit.project import write
from tensorop_gen.hardware.gpu import find_gpu
from tensorop_gen.operators.gemm.cuda.space import possible
from tensorop_gen.operators.gemm.cuda.variant import symbol
from tensorop_gen.pipeline import Options, generate_for_gpu
from tensorop_gen.request.parse import parse

NO_DEVICE, NULL_HANDLE = 7, 1


@pytest.mark.cuda
def test_the_library_is_built_and_says_that_there_is_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # the same where there is one
    request = parse("sgemm for RTX 4060")
    gpu = find_gpu(request.target)
    assert gpu
    outcome = generate_for_gpu(request, gpu, Options(out=tmp_path), QuietReporter())
    assert outcome.variants
    path = tmp_path / "lib" / "libtensorop_cuda.so"
    library = ctypes.CDLL(str(path))
    handle = ctypes.c_void_p(1)
    assert library.tensorop_cuda_create(ctypes.byref(handle), 0) == NO_DEVICE
    assert handle.value is None
    assert library.tensorop_cuda_create(None, 0) == NULL_HANDLE
    exported = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    names = {line.split()[2] for line in exported.splitlines()}
    header = (tmp_path / "include" / "tensorop" / "cuda.h").read_text()
    assert {name for name in names if name.startswith("tensorop")} == names
    assert all(f"{name}(" in header for name in names)
    assert len(names) == 9


@pytest.mark.cuda
def test_make_builds_the_same_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    gpu = find_gpu("rtx 4060")
    assert gpu
    smallest = min((v for v in possible(gpu) if v.operands == "f32"), key=lambda v: v.bm * v.bn)
    write(emit.project([gpu], only={symbol(smallest)}), tmp_path)
    nvcc = find_nvcc()
    words = [
        "make",
        "-C",
        str(tmp_path),
        f"NVCC={nvcc.program}",
        f"CUTLASS={nvcc.cutlass}",
        f"PREFIX={tmp_path / 'at'}",
    ]
    done = subprocess.run([*words, "install"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    library = ctypes.CDLL(str(tmp_path / "at" / "lib" / "libtensorop_cuda.so"))
    handle = ctypes.c_void_p(1)
    assert library.tensorop_cuda_create(ctypes.byref(handle), 0) == NO_DEVICE
    again = subprocess.run([*words, "all"], capture_output=True, text=True, check=True)
    assert "Nothing to be done" in again.stdout
    assert (tmp_path / "at" / "include" / "tensorop" / "cuda.h").is_file()


def test_the_header_is_c_and_needs_no_cuda(tmp_path: Path) -> None:
    source = tmp_path / "user.c"
    source.write_text('#include "tensorop/cuda.h"\nint main(void) { return TENSOROP_CUDA_OK; }\n')
    root = Path(__file__).parents[2]
    for compiler in (["gcc", "-std=c11"], ["g++", "-x", "c++", "-std=c++17"]):
        words = [*compiler, "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{root / 'include'}", str(source)]
        subprocess.run([*words, "-o", str(tmp_path / "user")], check=True)
