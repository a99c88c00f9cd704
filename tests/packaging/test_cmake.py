"""Projects of somebody else find, generate, embed and link the library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CONSUMERS, ROOT, Library, cmake_project, run

GENERATORS = ["Ninja", "Unix Makefiles"]


@pytest.mark.parametrize("generator", GENERATORS)
def test_find_package_after_the_installation_moved(library: Library, tmp_path: Path, generator: str) -> None:
    cmake_project(CONSUMERS / "find_package", tmp_path, f"-DCMAKE_PREFIX_PATH={library.prefix}", generator=generator)


@pytest.mark.parametrize("generator", GENERATORS)
def test_generate_as_a_step_of_the_build(tmp_path: Path, generator: str) -> None:
    cmake_project(CONSUMERS / "generate", tmp_path, f"-DTensorOp_DIR={ROOT / 'cmake'}", generator=generator)


def test_find_package_from_the_generator_builds_on_demand(tmp_path: Path) -> None:
    cmake_project(CONSUMERS / "find_package", tmp_path, f"-DCMAKE_PREFIX_PATH={ROOT}")


def test_fetched_into_another_project(tmp_path: Path) -> None:
    cmake_project(CONSUMERS / "subdirectory", tmp_path, f"-DTENSOROP_CHECKOUT={ROOT}")


@pytest.mark.parametrize("kind", ["shared", "static"])
def test_pkg_config(library: Library, tmp_path: Path, kind: str) -> None:
    where = {"PKG_CONFIG_PATH": str(library.prefix / "lib" / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", *(["--static"] if kind == "static" else []), "tensorop", env=where)
    linked = ["-Wl,-Bstatic", "-ltensorop", "-Wl,-Bdynamic"] if kind == "static" else ["-ltensorop"]
    # The folder's name has a blank in it, which pkg-config escapes: a shell reads it back.
    words = " ".join(linked).join(flags.strip().rsplit("-ltensorop", 1))
    program = tmp_path / "program"
    run("sh", "-c", f"cc -o '{program}' '{CONSUMERS / 'main.c'}' {words}")
    assert "product correct" in run(program, env={"LD_LIBRARY_PATH": str(library.prefix / "lib")})


@pytest.mark.parametrize("threads", ["openmp", "none"])
def test_other_thread_models(tmp_path: Path, threads: str) -> None:
    cmake_project(CONSUMERS / "find_package", tmp_path, f"-DCMAKE_PREFIX_PATH={ROOT}", f"-DTENSOROP_THREADS={threads}")


def refused(source: Path, build: Path, *options: str) -> str:
    """What CMake says where configuring fails."""
    command = ["cmake", "-S", source, "-B", build, f"-DPython3_EXECUTABLE={sys.executable}", *options]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600)
    assert done.returncode != 0, done.stdout
    return " ".join(done.stderr.split())


def test_an_unknown_target_names_the_known_ones(tmp_path: Path) -> None:
    assert "x86-64-v3" in refused(ROOT, tmp_path, "-DTENSOROP_TARGETS=x86-64-v33")


def test_an_unknown_thread_model_names_the_known_ones(tmp_path: Path) -> None:
    assert "use pthread, openmp or none" in refused(ROOT, tmp_path, "-DTENSOROP_THREADS=green")


def test_a_compiler_for_another_architecture_names_the_toolchain_file(tmp_path: Path) -> None:
    toolchain = tmp_path / "toolchain.cmake"
    toolchain.write_text("set(CMAKE_SYSTEM_NAME Linux)\nset(CMAKE_SYSTEM_PROCESSOR mips)\n")
    message = refused(ROOT, tmp_path / "build", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}")
    assert "-DCMAKE_TOOLCHAIN_FILE" in message


def test_an_assembler_that_is_too_old_is_named(tmp_path: Path) -> None:
    compiler = tmp_path / "old-cc"
    compiler.write_text(
        '#!/bin/sh\ncase "$*" in *probe.S*) echo "no such instruction" >&2; exit 1;; esac\nexec cc "$@"\n'
    )
    compiler.chmod(0o755)
    message = refused(ROOT, tmp_path / "build", f"-DCMAKE_ASM_COMPILER={compiler}")
    assert "Use a newer compiler" in message
    assert "no such instruction" in message


def test_a_changed_input_is_generated_again(tmp_path: Path) -> None:
    source, build = tmp_path / "answer.txt", tmp_path / "build"
    generator = f"{sys.executable};{Path(__file__).with_name('stand_in_generator.py')};{source}"
    source.write_text("41")
    run("cmake", "-S", ROOT, "-B", build, f"-DTENSOROP_GENERATOR={generator}", "-DTENSOROP_TESTS=OFF")
    for answer in ("41", "42"):
        source.write_text(answer)
        run("cmake", "--build", build)
        assert answer in (build / "sources" / "answer.c").read_text()
