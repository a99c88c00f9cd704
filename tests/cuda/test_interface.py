"""Arguments, status codes and the choice of a kernel: the library's C code with a launch that only counts."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.source import source_root

STATUS = ["OK", "NULL_HANDLE", "BAD_TRANSPOSE", "BAD_SIZE", "BAD_LD", "NULL_POINTER", "MISALIGNED", "NO_DEVICE"]
STATUS += ["OLD_DRIVER", "UNSUPPORTED", "OUT_OF_MEMORY", "FAILED"]
SGEMM, HGEMM = 0, 2
A, B, C = 0x10000, 0x20000, 0x30000  # never read


class Workspace(ctypes.Structure):
    _fields_ = (("memory", ctypes.c_void_p), ("bytes", ctypes.c_size_t))


class Library:
    """The C functions, with the arguments of a call that is right."""

    def __init__(self, path: Path) -> None:
        self.c = ctypes.CDLL(str(path))
        self.c.fake_handle.restype = ctypes.c_void_p
        self.c.fake_handle.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_size_t)
        self.c.last_variant.restype = self.c.tensorop_cuda_status_text.restype = ctypes.c_char_p
        self.c.last_workspace.restype = ctypes.c_size_t
        self.c.last_k.restype = ctypes.c_int64
        size, pointer, scalar = ctypes.c_int64, ctypes.c_void_p, ctypes.c_float
        self.c.tensorop_cuda_gemm_strided_batch.argtypes = (
            *(pointer, pointer, ctypes.c_int, ctypes.c_int, ctypes.c_int, size, size, size, scalar),
            *(pointer, size, size, pointer, size, size, scalar, pointer, size, size, size, Workspace),
        )
        self.handle = self.c.fake_handle(90, 132, 232448)

    def gemm(self, **changes: Any) -> str:
        """The status; fails if a kernel was launched in spite of an error."""
        sizes = {"m": 100, "n": 200, "k": 300} | {name: changes[name] for name in "mnk" if name in changes}
        ld = {name: max(size, 1) for name, size in sizes.items()}
        call = {"handle": self.handle, "stream": None, "operands": SGEMM, "op_a": 0, "op_b": 0} | sizes
        call |= {"alpha": 1.0, "a": A, "lda": ld["m"], "sa": 0, "b": B, "ldb": ld["k"], "sb": 0, "beta": 0.0}
        call |= {"c": C, "ldc": ld["m"], "sc": 0, "batch": 1, "workspace": Workspace(None, 0)} | changes
        before = self.launches
        status = STATUS[self.c.tensorop_cuda_gemm_strided_batch(*call.values())]
        assert status == "OK" or self.launches == before
        return str(status)

    @property
    def launches(self) -> int:
        return ctypes.c_int.in_dll(self.c, "launches").value


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = source_root()
    out = tmp_path_factory.mktemp("fake") / "libfake.so"
    sources = [root / "kernels" / "cuda" / f"{name}.c" for name in ("gemm", "check", "plan", "status")]
    words = ["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    words += [
        f"-I{root / 'include'}",
        f"-I{root / 'kernels' / 'cuda'}",
        str(Path(__file__).with_name("fake_library.c")),
    ]
    subprocess.run([*words, *map(str, sources), "-o", str(out)], check=True)
    return Library(out)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("NULL_HANDLE", {"handle": None}),
    ("BAD_TRANSPOSE", {"op_a": 2}),
    ("BAD_TRANSPOSE", {"op_b": -1}),
    ("BAD_SIZE", {"m": -1}),
    ("BAD_SIZE", {"n": 2**30 + 1}),
    ("BAD_SIZE", {"k": -5}),
    ("BAD_SIZE", {"batch": -1}),
    ("BAD_SIZE", {"operands": 4}),
    ("BAD_SIZE", {"m": 2**30, "n": 2**30}),
    ("BAD_LD", {"lda": 99}),
    ("BAD_LD", {"op_a": 1, "lda": 299}),
    ("BAD_LD", {"ldb": 299}),
    ("BAD_LD", {"op_b": 1, "ldb": 199}),
    ("BAD_LD", {"ldc": 99}),
    ("BAD_LD", {"m": 0, "lda": 0}),
    ("BAD_LD", {"lda": -100}),
    ("BAD_LD", {"lda": 2**62}),
    ("BAD_LD", {"batch": 2, "sc": 2**60}),
    ("BAD_LD", {"batch": 2, "sa": -(2**63)}),
    ("BAD_SIZE", {"m": 2**19, "n": 2**19, "batch": 2**30}),
    ("BAD_SIZE", {"k": 2**63 - 1}),
    ("NULL_POINTER", {"a": None}),
    ("NULL_POINTER", {"b": None}),
    ("NULL_POINTER", {"c": None}),
    ("MISALIGNED", {"a": A + 2}),
    ("MISALIGNED", {"operands": HGEMM, "b": B + 1}),
    ("MISALIGNED", {"c": C + 1}),
    ("MISALIGNED", {"workspace": Workspace(0x40008, 1 << 20)}),
]


@pytest.mark.parametrize(("status", "changes"), BAD, ids=[f"{status}-{i}" for i, (status, _) in enumerate(BAD)])
def test_bad_arguments_launch_nothing(library: Library, status: str, changes: dict[str, Any]) -> None:
    assert library.gemm(**changes) == status


def test_every_status_has_a_text_of_its_own(library: Library) -> None:
    texts = [library.c.tensorop_cuda_status_text(number) for number in range(len(STATUS))]
    assert len(set(texts)) == len(STATUS)
    assert library.c.tensorop_cuda_status_text(99) == b"no status of this library"


@pytest.mark.parametrize("changes", [{"m": 0}, {"n": 0}, {"batch": 0}, {"m": 0, "a": None, "b": None, "c": None}])
def test_nothing_to_do_launches_nothing(library: Library, changes: dict[str, Any]) -> None:
    before = library.launches
    assert library.gemm(**changes) == "OK"
    assert library.launches == before


def test_alpha_zero_needs_no_operands(library: Library) -> None:
    assert library.gemm(alpha=0.0, a=None, b=None) == "OK"
    assert library.c.last_k() == 0
    assert library.gemm(k=0, a=None, b=None) == "OK"
    assert library.c.last_splits() == 1


@pytest.mark.parametrize(
    ("changes", "odd"),
    [
        ({}, False),
        ({"a": A + 4}, True),
        ({"lda": 101}, True),
        ({"ldb": 301}, True),
        ({"sa": 3, "batch": 1}, False),
        ({"sa": 30003, "batch": 2}, True),
        ({"operands": HGEMM}, True),  # 100 halves are 200 bytes
        ({"operands": HGEMM, "lda": 104, "ldb": 304}, False),
        ({"n": 1, "ldb": 2**41}, True),  # one column: any ld is right, but no tensor map says it
        ({"c": C + 4, "ldc": 101}, False),  # C's alignment is the kernel's affair
    ],
)
def test_columns_at_odd_addresses_take_another_kernel(library: Library, changes: dict[str, Any], odd: bool) -> None:
    assert library.gemm(**changes) == "OK"
    assert library.c.last_odd() == odd


def plan(library: Library, **changes: Any) -> tuple[str, int]:
    assert library.gemm(**changes) == "OK"
    return library.c.last_variant().decode(), library.c.last_splits()


def test_small_outputs_take_small_tiles_and_split_k(library: Library) -> None:
    much = Workspace(0x40000, 1 << 40)
    assert plan(library, m=8192, n=8192, k=8192) == ("large", 1)
    assert plan(library, m=256, n=256, k=256)[0] == "small"
    variant, splits = plan(library, m=64, n=64, k=65536, workspace=much)
    assert splits > 8
    assert library.c.last_k_per_split() % 8 == 0
    assert (splits - 1) * library.c.last_k_per_split() < 65536 <= splits * library.c.last_k_per_split()
    assert plan(library, m=64, n=64, k=65536) == (variant, 1), "no workspace, no splits"


def test_the_workspace_asked_for_is_what_the_best_plan_needs(library: Library) -> None:
    needed = ctypes.c_size_t(7)
    sizes = [ctypes.c_int64(size) for size in (64, 64, 65536, 1)]
    query = library.c.tensorop_cuda_workspace_size
    handle = ctypes.c_void_p(library.handle)
    assert query(handle, SGEMM, *sizes, ctypes.byref(needed)) == 0
    given = Workspace(0x40000, needed.value)
    assert plan(library, m=64, n=64, k=65536, workspace=given)[1] > 1
    assert library.c.last_workspace() == needed.value
    assert STATUS[query(None, SGEMM, *sizes, ctypes.byref(needed))] == "NULL_HANDLE"
    assert STATUS[query(handle, SGEMM, *sizes, None)] == "NULL_POINTER"
    assert STATUS[query(handle, 9, *sizes, ctypes.byref(needed))] == "BAD_SIZE"


def test_kernels_of_one_generation_run_on_no_other(library: Library) -> None:
    aligned = {"operands": HGEMM, "m": 4096, "n": 4096, "k": 4096}
    assert plan(library, **aligned)[0] == "maps"
    assert plan(library, **aligned | {"lda": 4097})[0] == "pointers"
    assert plan(library, **aligned | {"k": 0})[0] == "pointers", "there is no tensor map of nothing"
    for capability in (80, 86, 89, 100, 120):
        library.c.fake_handle(capability, 132, 232448)
        assert plan(library, **aligned)[0] == "pointers"
    library.c.fake_handle(75, 132, 232448)
    assert library.gemm(**aligned) == "UNSUPPORTED"
    library.c.fake_handle(89, 24, 50000)  # the larger variants need more shared memory
    assert library.gemm(**aligned) == "UNSUPPORTED"
    assert plan(library, m=4096, n=4096, k=4096)[0] == "small"
    library.c.fake_handle(90, 132, 232448)
