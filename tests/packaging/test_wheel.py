"""The wheel in a fresh environment: the tool runs, and CMake finds its package through the entry points."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CONSUMERS, ROOT, cmake_project, run


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel of this checkout and its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "venv", folder / "env")
    pip(folder / "env", "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("tensorop_gen-*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    pip(folder / "env", "install", str(wheel), "scikit-build-core")
    return folder / "env"


def pip(environment: Path, *arguments: str) -> None:
    run(environment / "bin" / "python", "-I", "-m", "pip", "--disable-pip-version-check", *arguments)


def tool(environment: Path, *arguments: str, cwd: Path) -> str:
    return run(environment / "bin" / "tensorop-gen", *arguments, cwd=cwd, env={"PYTHONPATH": ""})


def test_the_tool_runs_and_its_output_is_a_package(environment: Path, tmp_path: Path) -> None:
    assert "generate" in tool(environment, "--help", cwd=tmp_path)
    tool(environment, "sgemm for this machine", "--tune", "off", "--out", "out", cwd=tmp_path)
    cmake_project(CONSUMERS / "find_package", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={tmp_path / 'out'}")


def test_plain_cmake_finds_it_by_prefix_and_by_folder(environment: Path, tmp_path: Path) -> None:
    prefix = tool(environment, "prefix", cwd=tmp_path).strip()
    folder = tool(environment, "cmake-dir", cwd=tmp_path).strip()
    for number, option in enumerate([f"-DCMAKE_PREFIX_PATH={prefix}", f"-DTensorOp_DIR={folder}"]):
        cmake_project(CONSUMERS / "find_package", tmp_path / str(number), option)


@pytest.fixture
def entry_points(environment: Path) -> Iterator[Path]:
    """The file of the installed metadata that names them, put back after the test."""
    (path,) = environment.glob("lib/python3*/site-packages/tensorop_gen-*.dist-info/entry_points.txt")
    text = path.read_text()
    yield path
    path.write_text(text)


@pytest.mark.parametrize("group", ["none", "cmake.prefix", "cmake.root"])
def test_scikit_build_core_finds_it_by_one_entry_point(environment: Path, entry_points: Path, group: str) -> None:
    sections = re.split(r"^(?=\[)", entry_points.read_text(), flags=re.MULTILINE)
    kept = [section for section in sections if section.startswith(f"[{group}]") or not section.startswith("[cmake.")]
    assert len(kept) == len(sections) - (2 if group == "none" else 1)
    entry_points.write_text("".join(kept))
    install = ["install", "--no-build-isolation", "--force-reinstall", str(CONSUMERS / "wheel")]
    if group == "none":
        with pytest.raises(AssertionError, match="Could not find a package configuration file"):
            pip(environment, *install)
        return
    pip(environment, *install)
    assert "product correct" in run(environment / "bin" / "consumer")
