from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tensorop_gen.build import BuildFailed, Toolchain, build, find_toolchain
from tensorop_gen.build.harness import find_harness
from tensorop_gen.build.toolchain import native_arch

EMPTY = '#include "instance.h"\nstatic const tensorop_gemm_kernels k;\nconst tensorop_instance it = {.kernels = &k};\n'


@dataclass(frozen=True)
class Params:
    kc: int = 96
    nc: int = 4096
    prefetch: bool = True
    caps: tuple[int, ...] = (3, 2)


@dataclass(frozen=True)
class Source:
    files: Mapping[str, str]
    instance: str = "it"
    params: Any = None
    edges: tuple[int, ...] = ()
    operator: str = "gemm"


@pytest.fixture
def toolchain() -> Toolchain:
    return find_toolchain(f"{native_arch()}-linux-gnu")


def test_builds_and_names_sizes(toolchain: Toolchain, tmp_path: Path) -> None:
    built = build(Source({"instance.c": EMPTY}, params=Params(), edges=(77,)), toolchain, tmp_path / "new")
    assert built.executable.stat().st_mode & 0o111
    assert built.sizes == {"kc": 96, "nc": 4096, "edge 77": 77}
    assert find_harness(toolchain) == built.harness, "the second time it comes from the cache"


@pytest.mark.parametrize(
    ("files", "instance", "text", "where"),
    [
        ({"instance.c": EMPTY + "int broken(void) { return y; }\n"}, "it", "'y' undeclared", "instance.c:4"),
        ({"instance.c": EMPTY, "kernels.S": "\tvnonsense %zmm1\n"}, "it", "no such instruction", "kernels.S:1"),
        ({"instance.c": EMPTY}, "other", "other", ""),
    ],
)
def test_what_the_compiler_says_is_feedback(
    toolchain: Toolchain, tmp_path: Path, files: dict[str, str], instance: str, text: str, where: str
) -> None:
    with pytest.raises(BuildFailed) as error:
        build(Source(files, instance), toolchain, tmp_path)
    feedback = error.value.feedback
    assert feedback.stage == "build"
    assert text in feedback.text
    assert feedback.where == where


def test_what_is_unchanged_is_not_compiled_again(toolchain: Toolchain, tmp_path: Path) -> None:
    objects = tmp_path / "objects"
    first = build(Source({"instance.c": EMPTY, "k.S": "# 1\n"}), toolchain, tmp_path / "1", objects)
    before = {path: path.stat().st_mtime_ns for path in objects.iterdir()}
    second = build(Source({"instance.c": EMPTY, "k.S": "# 2\n"}), toolchain, tmp_path / "2", objects)
    after = {path: path.stat().st_mtime_ns for path in objects.iterdir()}
    assert first.executable.is_file()
    assert second.executable.is_file()
    assert before.items() < after.items()
    assert len(after) == len(before) + 1


def test_a_header_of_the_authors_own_is_part_of_what_is_compiled(toolchain: Toolchain, tmp_path: Path) -> None:
    source = '#include "mine.h"\n' + EMPTY
    build(Source({"instance.c": source, "mine.h": ""}), toolchain, tmp_path / "1", tmp_path / "objects")
    with pytest.raises(BuildFailed):
        build(Source({"instance.c": source, "mine.h": "y"}), toolchain, tmp_path / "2", tmp_path / "objects")
