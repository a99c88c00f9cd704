"""Making a handle where something is wrong: the library's C code with a CUDA runtime that answers what it is told."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from tensorop_gen.build.nvcc import find_headers
from tensorop_gen.source import source_root

OK, NULL_HANDLE, NO_DEVICE, OLD_DRIVER, UNSUPPORTED, FAILED = 0, 1, 7, 8, 9, 11
pytestmark = pytest.mark.cuda


@pytest.fixture
def library(tmp_path: Path) -> ctypes.CDLL:
    root, here = source_root(), Path(__file__).parent
    names = ("context", "gemm", "check", "plan", "status")
    sources = [here / "fake_runtime.c", here / "fake_library.c", *(root / f"kernels/cuda/{name}.c" for name in names)]
    words = ["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{root / 'include'}"]
    words += [f"-I{root / 'kernels/cuda'}", *(word for path in find_headers() for word in ("-isystem", str(path)))]
    subprocess.run([*words, *map(str, sources), "-o", str(tmp_path / "lib.so")], check=True)
    return ctypes.CDLL(str(tmp_path / "lib.so"))


def create(library: ctypes.CDLL, device: int = 0, **answers: int) -> int:
    """The status; a handle is there if and only if it is OK."""
    for name, value in answers.items():
        ctypes.c_int.in_dll(library, name).value = value
    handle = ctypes.c_void_p(1)
    status = int(library.tensorop_cuda_create(ctypes.byref(handle), device))
    assert bool(handle.value) == (status == OK)
    return status


def test_a_good_device_has_a_handle_and_the_current_one_stays(library: ctypes.CDLL) -> None:
    assert create(library, 1, devices=2, current=0) == OK
    assert ctypes.c_int.in_dll(library, "set_to").value == 0
    assert library.tensorop_cuda_create(None, 0) == NULL_HANDLE


@pytest.mark.parametrize(
    ("status", "device", "answers"),
    [
        (NO_DEVICE, 0, {"driver": 0}),
        (NO_DEVICE, 0, {"count_error": 100, "devices": 0}),  # cudaErrorNoDevice
        (NO_DEVICE, 1, {}),
        (NO_DEVICE, -1, {}),
        (OLD_DRIVER, 0, {"count_error": 35}),  # cudaErrorInsufficientDriver
        (UNSUPPORTED, 0, {"capability": 75}),
        (UNSUPPORTED, 0, {"kernel_error": 209}),  # cudaErrorNoKernelImageForDevice
        (UNSUPPORTED, 0, {"kernel_error": 222}),  # cudaErrorUnsupportedPtxVersion
        (FAILED, 0, {"attribute_error": 999}),
    ],
)
def test_what_is_wrong_is_told(library: ctypes.CDLL, status: int, device: int, answers: dict[str, int]) -> None:
    assert create(library, device, **answers) == status
