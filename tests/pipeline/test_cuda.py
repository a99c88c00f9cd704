"""From a sentence to a library for a GPU, on a machine that has none."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from tensorop_gen.cli.console import QuietReporter
from tensorop_gen.hardware.gpu import find_gpu
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


def test_the_header_is_c_and_needs_no_cuda(tmp_path: Path) -> None:
    source = tmp_path / "user.c"
    source.write_text('#include "tensorop/cuda.h"\nint main(void) { return TENSOROP_CUDA_OK; }\n')
    root = Path(__file__).parents[2]
    for compiler in (["gcc", "-std=c11"], ["g++", "-x", "c++", "-std=c++17"]):
        words = [*compiler, "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{root / 'include'}", str(source)]
        subprocess.run([*words, "-o", str(tmp_path / "user")], check=True)
