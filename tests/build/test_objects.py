from __future__ import annotations

import os
from pathlib import Path

import pytest

import tensorop_gen.build.objects
from tensorop_gen.build.objects import CompileError, ObjectStore

NVCC = """#!/bin/sh
if [ "$1" = --version ]; then echo "nvcc VERSION"; exit; fi
echo run >> "$(dirname "$0")/runs"
while [ $# -gt 1 ]; do
  case $1 in -o) out=$2 ;; -c) source=$2 ;; esac
  shift
done
if grep -q wrong "$source"; then echo "wrong is not declared" >&2; exit 2; fi
cp "$source" "$out"
"""


def store(folder: Path, version: str = "13.0") -> ObjectStore:
    """With a compiler that only copies, in a folder of its own for each version."""
    program = folder / version / "nvcc"
    program.parent.mkdir(exist_ok=True)
    program.write_text(NVCC.replace("VERSION", version))
    program.chmod(0o755)
    (folder / "cutlass").mkdir(exist_ok=True)
    (folder / "cutlass" / "version.h").write_text("#define CUTLASS_MAJOR 4\n")
    return ObjectStore(program, folder, folder / "kept")


def runs(folder: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in folder.glob("*/runs"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "outer.cuh").write_text('#include "inner.cuh"\n#include <cute/tensor.hpp>\n')
    (tmp_path / "include" / "inner.cuh").write_text("// 1\n")
    path = tmp_path / "kernel.cu"
    path.write_text('#include "outer.cuh"\n')
    return path


def test_what_is_the_same_is_compiled_once(source: Path, tmp_path: Path) -> None:
    folders = (tmp_path / "include",)
    first = store(tmp_path).find(source, folders, "sm_80")
    assert first.read_text() == source.read_text()
    os.utime(source, (0, 0))
    assert store(tmp_path).find(source, folders, "sm_80") == first
    assert runs(tmp_path) == 1
    assert first.with_suffix(".log").is_file()


def test_what_differs_is_compiled_again(source: Path, tmp_path: Path) -> None:
    folders = (tmp_path / "include",)
    found = {store(tmp_path).find(source, folders, "sm_80"), store(tmp_path).find(source, folders, "sm_90")}
    found.add(store(tmp_path, "13.5").find(source, folders, "sm_80"))
    (tmp_path / "include" / "inner.cuh").write_text("// 2\n")
    found.add(store(tmp_path).find(source, folders, "sm_80"))
    newer = store(tmp_path)
    (tmp_path / "cutlass" / "version.h").write_text("#define CUTLASS_MAJOR 5\n")
    tensorop_gen.build.objects._version_of_cutlass.cache_clear()
    found.add(newer.find(source, folders, "sm_80"))
    assert len(found) == runs(tmp_path) == 5


def test_errors_are_the_compilers_own_words(source: Path, tmp_path: Path) -> None:
    source.write_text("wrong\n")
    with pytest.raises(CompileError, match="wrong is not declared"):
        store(tmp_path).find(source, (), "sm_80")
    assert not list((tmp_path / "kept").glob("*.o"))
