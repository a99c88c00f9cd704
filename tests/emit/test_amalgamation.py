"""The three files, compiled by each compiler for every target, and run: here, or under an emulator."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build.toolchain import Toolchain, find_toolchain, native_arch, zig_toolchain
from tensorop_gen.emit.amalgamation import HEADER, KERNELS, SOURCE, amalgamate
from tensorop_gen.emit.model import Part
from tensorop_gen.emit.project import project, write
from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import runs
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner

Compiler = Literal["gcc", "clang", "zig"]
PORTABLE = "generic"
TARGETS = all_targets()
FIRST = {target.isa: target.name for target in reversed(TARGETS)}  # one of each instruction set
DRIVER = Path(__file__).with_name("amalgamation.c")
RESULTS = 8 * 6**3  # that the driver checks
WARNINGS = ("-Wall", "-Wextra", "-Werror")


@dataclass(frozen=True)
class Case:
    compiler: Compiler
    target: HardwareFactors

    @property
    def name(self) -> str:
        return f"{self.compiler}-{self.target.name}"


CASES = [Case(compiler, target) for compiler in get_args(Compiler) for target in TARGETS]


def small(case: Case) -> bool:
    return case.target.name in FIRST.values()


def test_every_target_with_every_compiler() -> None:
    assert len(CASES) == 3 * len(TARGETS) >= 45
    assert len([case for case in CASES if small(case)]) == 3 * len(FIRST) >= 21


@functools.cache
def clang(triple: str) -> Toolchain:
    """The newest clang there is. `.option arch` for RVV is in 17 and later."""
    names = [f"clang-{version}" for version in range(30, 16, -1)]
    found = next((name for name in names if shutil.which(name)), None)
    assert found, "no clang of version 17 or later: sudo apt-get install clang-19"
    return Toolchain((found, f"--target={triple}"), triple, found)


def toolchain(case: Case) -> Toolchain:
    triple = case.target.triple
    if case.compiler == "zig":
        return zig_toolchain(triple)
    return clang(triple) if case.compiler == "clang" else find_toolchain(triple)


def three_files(target: HardwareFactors, folder: Path) -> None:
    # Proven by the matrix of emulators, not here.
    parts = [Part(BuiltinAuthor().write(Request("sgemm"), target), "")] if target.isa != PORTABLE else []
    files = amalgamate(project(parts, target.triple), target.triple)
    assert sorted(files) == sorted([HEADER, SOURCE, KERNELS])
    write(files, folder)


def compiled(tools: Toolchain, folder: Path) -> Path:
    """The driver with the three files, linked statically for another machine."""
    # clang has no C library for other machines; it takes the cross compiler's, which also links.
    linker = find_toolchain(tools.triple) if tools.style == "gnu" else tools
    own = () if tools.native or tools.style == "zig" else ("-isystem", f"/usr/{tools.triple}/include")
    include = own if "clang" in tools.compiler[0] else ()
    objects = []
    for source in (folder / SOURCE, folder / KERNELS, DRIVER):
        flags = tools.asm_flags if source.suffix == ".S" else tools.c_flags
        object_ = folder / f"{source.name}.o"
        must(tools, [*flags, *WARNINGS, *include, f"-I{folder}", "-pthread", "-c", str(source), "-o", str(object_)])
        objects.append(str(object_))
    program = folder / "driver"
    must(linker, [*linker.link_flags, *objects, "-pthread", "-lm", "-o", str(program)])
    return program


def must(tools: Toolchain, words: Sequence[str]) -> None:
    done = tools.run(words)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=() if small(case) else pytest.mark.slow) for case in CASES],
)
def test_computes(case: Case, tmp_path: Path) -> None:
    three_files(case.target, tmp_path)
    program = compiled(toolchain(case), tmp_path)
    if case.target.arch == native_arch() and not runs(case.target):
        pytest.skip(f"compiled, not run: this machine lacks the instructions of {case.target.name}")
    chosen = PORTABLE if case.target.isa == PORTABLE else case.target.name
    done = subprocess.run(
        find_runner(case.target).command([str(program)]),
        env=os.environ | {"TENSOROP_CORETYPE": chosen, "TENSOROP_NUM_THREADS": "2"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == (f"{RESULTS} {chosen}\n", "", 0)


@pytest.mark.parametrize("compiler", ["gcc", "g++", "zig", "zig++"])
def test_the_header_is_c99_and_cpp(compiler: str, tmp_path: Path) -> None:
    three_files(TARGETS[0], tmp_path)
    zig = [sys.executable, "-m", "ziglang"]
    words = {"gcc": ["gcc"], "g++": ["g++"], "zig": [*zig, "cc"], "zig++": [*zig, "c++"]}[compiler]
    cpp = compiler.endswith("++")
    source = tmp_path / ("use.cpp" if cpp else "use.c")
    source.write_text(f'#include "{HEADER}"\nint main(void) {{ return tensorop_version() == 0; }}\n')
    for standard in ("c++98", "c++17") if cpp else ("c99", "c11"):
        strict = [f"-std={standard}", "-pedantic-errors", *WARNINGS, "-c", "-o", str(tmp_path / "use.o")]
        done = subprocess.run([*words, *strict, str(source)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
