"""The emitted project builds with nothing but make and a compiler, and computes."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import ToolMissing, find_toolchain
from tensorop_gen.emit.amalgamation import HEADER, KERNELS, SOURCE, amalgamate
from tensorop_gen.emit.library import LIBRARY, install
from tensorop_gen.emit.model import EmitError, Part
from tensorop_gen.emit.output import emit
from tensorop_gen.emit.project import project, write
from tensorop_gen.hardware import library
from tensorop_gen.hardware.probe import runs
from tensorop_gen.request.model import Request

TRIPLE = "x86_64-linux-gnu"
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the targets of this test are x86-64")

# Multiplies by the library in argv[1] and prints the target that did it.
PROGRAM = """
import ctypes, sys
import numpy as np
lib = ctypes.CDLL(sys.argv[1])
lib.tensorop_target_name.restype = ctypes.c_char_p
rng = np.random.default_rng(1)
for m, k, n in [(1, 1, 1), (7, 5, 3), (64, 64, 64), (127, 129, 131), (300, 700, 260)]:
    a, b, c = (rng.integers(-3, 4, shape).astype(np.float32) for shape in [(m, k), (k, n), (m, n)])
    expected = a.astype(np.float64) @ b + 2 * c
    pointers = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]
    lib.cblas_sgemm(101, 111, 111, m, n, k, ctypes.c_float(1), pointers[0], k, pointers[1], n, ctypes.c_float(2),
                    pointers[2], n)
    assert (c == expected).all(), (m, k, n)
print(lib.tensorop_target_name().decode())
"""


def computes_with(shared: Path, coretype: str) -> str:
    """Name of the target that did the work, all results being right."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, shared],
        env=os.environ | {"TENSOROP_CORETYPE": coretype},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A CPU that nobody has heard of: one YAML file."""
    known = (Path(library.__file__).parent / "targets" / "x86-64-v3.yaml").read_text()
    own = known.replace("name: x86-64-v3", "name: toy").replace("[avx2, haswell or later, x86_64-v3]", "[toy cpu]")
    folder = tmp_path / "targets"
    folder.mkdir()
    (folder / "toy.yaml").write_text(own)
    monkeypatch.setenv(library.PATH_VARIABLE, str(folder))
    return "toy"


def test_a_new_cpu_is_one_file(toy: str, tmp_path: Path) -> None:
    factors = library.find("Toy CPU")
    files = project([Part(BuiltinAuthor().write(Request("sgemm"), factors), "0" * 64)], TRIPLE)
    emit(files, tmp_path / "out", "library", find_toolchain(TRIPLE))
    shared = tmp_path / "out" / LIBRARY
    assert computes_with(shared, toy) == (toy if runs(factors) else "generic")
    assert computes_with(shared, "generic") == "generic"
    assert shared.stat().st_size < 1 << 20
    for name in ("lib/libtensorop.a", "lib/pkgconfig/tensorop.pc", "lib/cmake/TensorOp/TensorOpConfig.cmake"):
        assert "@" not in (tmp_path / "out" / name).read_text(errors="ignore") or name.endswith(".a")


def test_three_files_make_the_library(tmp_path: Path) -> None:
    parts = [Part(BuiltinAuthor().write(Request("s"), library.load(cpu)), "0") for cpu in ("x86-64-v3", "x86-64-v4")]
    three = amalgamate(project(parts, TRIPLE), TRIPLE)
    assert set(three) == {HEADER, SOURCE, KERNELS}
    write(three, tmp_path)
    strict = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-pthread"]
    words = [*find_toolchain(TRIPLE).compiler, *strict, "-o", "lib.so", SOURCE, KERNELS]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for part in parts:
        name = part.cpu if runs(part.candidate.factors) else "generic"
        assert computes_with(tmp_path / "lib.so", part.cpu) == name


def test_the_project_builds_with_cmake_too(tmp_path: Path) -> None:
    cmake = shutil.which("cmake")
    assert cmake, "cmake is needed: apt-get install cmake"
    write(project([], TRIPLE), tmp_path / "src")
    for words in (["-S", "src", "-B", "build"], ["--build", "build"], ["--install", "build", "--prefix", "out"]):
        done = subprocess.run([cmake, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert computes_with(next((tmp_path / "out").glob("lib*/**/libtensorop.so")), "") == "generic"


def test_a_killed_build_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    write(project([], TRIPLE), tmp_path / "src")
    build = subprocess.Popen(["make", "-s"], cwd=tmp_path / "src", start_new_session=True)
    while build.poll() is None and not list((tmp_path / "src").rglob("*.part")):
        pass
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    install(tmp_path / "src", tmp_path / "out", find_toolchain(TRIPLE))
    assert computes_with(tmp_path / "out" / LIBRARY, "") == "generic"


def test_what_the_compiler_says_is_shown(tmp_path: Path) -> None:
    write(project([], TRIPLE) | {"targets.c": "#error no table\n"}, tmp_path / "src")
    with pytest.raises(EmitError, match="no table"):
        install(tmp_path / "src", tmp_path / "out", find_toolchain(TRIPLE))


def test_make_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain = find_toolchain(TRIPLE)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="apt-get install make"):
        install(tmp_path, tmp_path / "out", toolchain)
