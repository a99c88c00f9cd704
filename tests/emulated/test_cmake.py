"""Cross builds with the toolchain files: ctest runs under the emulator that they set, and so does a consumer's."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from tensorop_gen.build.toolchain import zig_toolchain
from tensorop_gen.hardware.library import all_targets

from .conftest import PORTABLE, run

ROOT = Path(__file__).parents[2]
TOOLCHAINS = sorted(path.stem for path in (ROOT / "toolchains").glob("*-*.cmake"))
FEATURES = {"aarch64": {"asimd"}, "riscv64": {"v", "zvl128b", "zvl256b"}}  # of what the toolchain files emulate
QUICK = "xerbla|handlers|fpstate|dispatch|split|cpu_"  # C tests that take no time under an emulator


def ctest(build: Path, *options: str) -> dict[str, str]:
    """Each test's name: Passed, or Skipped; none may fail."""
    text = run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", *options).stdout
    found = re.findall(r"Test +#\d+: (\S+) \.+[* ]*(Passed|Skipped) ", text)
    assert re.search(rf"^100% tests passed.* out of {len(found)}$", text, re.MULTILINE), text
    return dict(found)


def expected(arch: str, features: set[str]) -> dict[str, str]:
    """What becomes of the test of each shipped target: it is never another target that passes it."""
    wanted = {t.name: set(t.detect.features) for t in all_targets() if t.arch == arch and t.isa != PORTABLE}
    wanted[PORTABLE] = set()
    return {f"c.batch.tensorop.{name}": "Passed" if features >= wanted[name] else "Skipped" for name in wanted}


def check(toolchain: str, folder: Path) -> None:
    build, prefix, consumer = folder / "build", folder / "prefix", folder / "consumer"
    common = ["-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={ROOT / 'toolchains' / toolchain}.cmake"]
    if toolchain.endswith("-zig"):
        zig = zig_toolchain(f"{toolchain.split('-')[0]}-linux-gnu").compiler
        common.append(f"-DZIG={';'.join(zig[: zig.index('cc')])}")
    options = [f"-DPython3_EXECUTABLE={sys.executable}", "-DTENSOROP_TESTS=ON", f"-DCMAKE_INSTALL_PREFIX={prefix}"]
    run("cmake", "-S", ROOT, "-B", build, *common, *options)
    run("cmake", "--build", build)
    quick = ctest(build, "-R", QUICK)
    assert len(quick) >= 9
    assert set(quick.values()) == {"Passed"}
    arch = toolchain.split("-")[0]
    assert ctest(build, "-R", r"c\.batch\.tensorop\.") == expected(arch, FEATURES[arch])
    run("cmake", "--install", build)
    shutil.copytree(ROOT / "tests" / "consumer", folder / "sources")
    source = folder / "sources" / "find_package"
    run("cmake", "-S", source, "-B", consumer, *common, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_FIND_ROOT_PATH=/")
    run("cmake", "--build", consumer)
    assert set(ctest(consumer).values()) == {"Passed"}


def test_there_are_toolchain_files() -> None:
    assert TOOLCHAINS == ["aarch64-linux-gnu", "aarch64-linux-zig", "riscv64-linux-gnu", "riscv64-linux-zig"]


@pytest.mark.parametrize("toolchain", [name for name in TOOLCHAINS if name.endswith("-gnu")])
def test_gcc(toolchain: str, tmp_path: Path) -> None:
    check(toolchain, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("toolchain", [name for name in TOOLCHAINS if name.endswith("-zig")])
def test_zig(toolchain: str, tmp_path: Path) -> None:
    check(toolchain, tmp_path)
