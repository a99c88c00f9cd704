"""Handles, and launches with what they know: the library's C code with a CUDA runtime that answers what it is told."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest
from tests.cuda.test_interface import Workspace

from tensorop_gen.build.nvcc import find_headers
from tensorop_gen.source import source_root

OK, NULL_HANDLE, NO_DEVICE, OLD_DRIVER, UNSUPPORTED, FAILED = 0, 1, 7, 8, 9, 11
pytestmark = pytest.mark.cuda


def compiled(out: Path, fake: str, *names: str) -> ctypes.CDLL:
    root, here = source_root(), Path(__file__).parent
    files = ("context", "gemm", "check", "plan", "status", *names)
    sources = [here / "fake_runtime.c", here / fake, *(root / f"kernels/cuda/{name}.c" for name in files)]
    words = ["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{root / 'include'}"]
    words += [f"-I{root / 'kernels/cuda'}", *(word for path in find_headers() for word in ("-isystem", str(path)))]
    subprocess.run([*words, *map(str, sources), "-o", str(out)], check=True)
    return ctypes.CDLL(str(out))


@pytest.fixture
def library(tmp_path: Path) -> ctypes.CDLL:
    return compiled(tmp_path / "lib.so", "fake_library.c")


@pytest.fixture
def launching(tmp_path: Path) -> ctypes.CDLL:
    return compiled(tmp_path / "launching.so", "fake_clusters.c", "launch")


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


HGEMM, BF16GEMM = 2, 3  # in clusters of two and of four


def launched(library: ctypes.CDLL, operands: int, size: int, **answers: int) -> tuple[list[int], int]:
    """Statuses of a launch of a handle that is new, and of one more; blocks of the grid (0 without one)."""
    for name, value in answers.items():
        ctypes.c_int.in_dll(library, name).value = value
    ctypes.c_int.in_dll(library, "blocks").value = 0
    handle, none = ctypes.c_void_p(), ctypes.c_void_p()
    assert library.tensorop_cuda_create(ctypes.byref(handle), 0) == OK
    n, x, one, zero = ctypes.c_int64(size), ctypes.c_void_p(1 << 20), ctypes.c_float(1), ctypes.c_int64(0)
    call = (handle, none, operands, 0, 0, n, n, n, one, x, n, zero, x, n, zero, one, x, n, zero, ctypes.c_int64(1))
    gemm = library.tensorop_cuda_gemm_strided_batch
    statuses = [gemm(*call, Workspace(None, 0)) for _ in range(2)]
    library.tensorop_cuda_destroy(handle)
    return statuses, ctypes.c_int.in_dll(library, "blocks").value


def test_a_launch_asks_nothing_that_the_handle_knows(launching: ctypes.CDLL) -> None:
    questions = ctypes.c_int.in_dll(launching, "cluster_questions")
    assert launched(launching, BF16GEMM, 8192, clusters=30) == ([OK, OK], 4 * 30)
    assert questions.value == 4  # of its four kernels, while the handle was made
    assert launched(launching, HGEMM, 8192) == ([OK, OK], 132)
    assert launched(launching, BF16GEMM, 512) == ([OK, OK], 4 * 2)  # two tiles side by side are all there is


@pytest.mark.parametrize("answers", [{"clusters": 0}, {"clusters": 30, "cluster_error": 912}])
def test_clusters_that_do_not_run_cost_only_themselves(launching: ctypes.CDLL, answers: dict[str, int]) -> None:
    assert launched(launching, BF16GEMM, 8192, **answers) == ([FAILED, FAILED], 0)
    assert launched(launching, HGEMM, 8192, **answers) == ([OK, OK], 132)
