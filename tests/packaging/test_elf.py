"""What the built files say of themselves: soname, relocations, stack, and where vector instructions are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Library, run

VECTOR = re.compile(r"%[yz]mm|\{%k[0-7]\}|\tv[a-z]")  # AVX and later: their registers, masks and VEX mnemonics


def test_soname_relocations_and_stack(library: Library) -> None:
    dynamic = run("readelf", "-dW", library.shared)
    assert "Library soname: [libtensorop.so.0]" in dynamic
    assert "TEXTREL" not in dynamic
    assert "RPATH" not in dynamic
    assert "RUNPATH" not in dynamic
    stack = next(line for line in run("readelf", "-lW", library.shared).splitlines() if "GNU_STACK" in line)
    assert " RW " in stack


def objects(library: Library, suffix: str) -> list[Path]:
    found = sorted(library.build.glob(f"**/tensorop_objects.dir/**/*{suffix}.o"))
    assert found, f"no object made of a {suffix} file"
    return found


def test_every_object_asks_for_no_executable_stack(library: Library) -> None:
    for path in [*objects(library, ".c"), *objects(library, ".S")]:
        assert ".note.GNU-stack" in run("readelf", "-SW", path), path


def test_every_kernel_is_hidden_typed_and_sized(library: Library) -> None:
    kernels = []
    for path in objects(library, ".S"):  # kernels that CPUs share stand in one file only
        symbols = [line.split() for line in run("readelf", "-sW", path).splitlines() if " GLOBAL " in line]
        kernels += [row for row in symbols if row[6] != "UND"]
    assert len(kernels) > 6
    for _, _, size, kind, _, visibility, _, name in kernels:
        assert (kind, visibility) in {("FUNC", "HIDDEN"), ("OBJECT", "HIDDEN")}, name
        assert int(size, 0) > 0, name


def test_only_assembly_has_vector_instructions(library: Library) -> None:
    for path in objects(library, ".c"):
        assert not VECTOR.search(run("objdump", "-d", "--no-show-raw-insn", path)), path
    assert any(VECTOR.search(run("objdump", "-d", "--no-show-raw-insn", path)) for path in objects(library, ".S"))


def test_the_library_is_under_one_megabyte(library: Library) -> None:
    assert library.shared.stat().st_size < 1_000_000


@pytest.mark.parametrize("name", ["TensorOpTargets.cmake", "TensorOpConfig.cmake"])
def test_no_file_of_the_package_names_where_it_was_built(library: Library, name: str) -> None:
    text = (library.prefix / "lib" / "cmake" / "TensorOp" / name).read_text()
    assert str(library.build.parent) not in text
