from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tensorop_gen.build.flags import ASM_PROBE, asm_flags, c_flags
from tensorop_gen.build.toolchain import ToolMissing, find_toolchain, native_arch, zig_toolchain
from tensorop_gen.hardware.library import all_targets

NATIVE = f"{native_arch()}-linux-gnu"


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_compilers_know_the_instructions_of_all_targets() -> None:
    targets = all_targets()
    assert {target.isa for target in targets} | {"generic"} == set(ASM_PROBE)
    for triple, isa in {(target.triple, target.isa) for target in targets}:
        find_toolchain(triple).require(isa)


def test_identity_follows_the_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identities = set()
    for version in ("13.1", "13.2"):
        monkeypatch.setenv("CC", str(script(tmp_path, f"cc-{version}", f"echo gcc version {version} >&2")))
        identities.add(find_toolchain(NATIVE).identity)
    assert len(identities) == 2


def test_words_in_cc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "cc -m64")
    assert find_toolchain(NATIVE).compiler == ("cc", "-m64")


def test_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="looked for") as error:
        find_toolchain(NATIVE)
    assert error.value.install == "sudo apt-get install gcc libc6-dev"


def test_no_cross_compiler_even_if_cc_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "cc")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)  # no ziglang
    with pytest.raises(ToolMissing, match="s390x-linux-gnu-gcc") as error:
        find_toolchain("s390x-linux-gnu")
    assert "gcc-s390x-linux-gnu" in error.value.install


@pytest.mark.parametrize("arch", ["aarch64", "riscv64"])
def test_cross_compiler(arch: str) -> None:
    toolchain = find_toolchain(f"{arch}-linux-gnu")
    assert (toolchain.compiler, toolchain.native) == ((f"{arch}-linux-gnu-gcc",), False)
    assert toolchain.link_flags == ("-static",)
    assert toolchain.archiver == (f"{arch}-linux-gnu-ar",)


@pytest.mark.parametrize("arch", ["aarch64", "riscv64"])
def test_zig_where_no_cross_compiler_is(arch: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    toolchain = find_toolchain(f"{arch}-linux-gnu")
    assert toolchain == zig_toolchain(f"{arch}-linux-gnu")
    assert toolchain.compiler[-3:] == ("ziglang", "cc", f"--target={arch}-linux-musl")
    assert toolchain.archiver[-2:] == ("ziglang", "ar")
    assert not any(flag.startswith("-march") for flag in (*toolchain.c_flags, *toolchain.asm_flags))
    source = tmp_path / "empty.S"
    source.touch()
    done = toolchain.run([*toolchain.asm_flags, "-c", str(source), "-o", str(tmp_path / "empty.o")])
    assert done.returncode == 0, done.stderr


def test_compiler_that_the_user_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_riscv64_linux_gnu", f"{sys.executable} -m ziglang cc")
    assert find_toolchain("riscv64-linux-gnu").style == "zig"
    monkeypatch.setenv("CC_riscv64_linux_gnu", "no-such-compiler")
    with pytest.raises(ToolMissing, match="no-such-compiler"):
        find_toolchain("riscv64-linux-gnu")


def test_missing_cross_compiler_says_both_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ToolMissing, match="aarch64-linux-gnu-gcc and zig") as error:
        find_toolchain("aarch64-linux-gnu")
    assert "gcc-aarch64-linux-gnu libc6-dev-arm64-cross" in error.value.install
    assert "pip install ziglang" in error.value.install


def test_compiler_that_does_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(script(tmp_path, "cc", "echo broken >&2; exit 1")))
    with pytest.raises(ToolMissing, match="broken"):
        find_toolchain(NATIVE)


def test_old_assembler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = 'case "$*" in *-v*) exit 0;; esac\necho "Error: no such instruction" >&2; exit 1'
    monkeypatch.setenv("CC", str(script(tmp_path, "cc", body)))
    with pytest.raises(ToolMissing, match="cannot assemble avx512") as error:
        find_toolchain(NATIVE).require("avx512")
    assert "binutils" in error.value.install


def test_old_assembler_of_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """binutils before 2.38, say: they know no `.option arch`."""
    body = 'case "$*" in *-v*) exit 0;; esac\necho "Error: unrecognized .option directive: arch, +v" >&2; exit 1'
    monkeypatch.setenv("CC_riscv64_linux_gnu", str(script(tmp_path, "old-gcc", body)))
    with pytest.raises(ToolMissing, match=r"(?s)old-gcc cannot assemble rvv .*directive: arch, \+v") as error:
        find_toolchain("riscv64-linux-gnu").require("rvv")
    assert "binutils-riscv64-linux-gnu, or pip install ziglang" in error.value.install
    assert "export CC_riscv64_linux_gnu='python3 -m ziglang cc'" in error.value.install


def test_c_is_for_the_baseline() -> None:
    for triple in ("x86_64-linux-gnu", "aarch64-linux-gnu", "riscv64-linux-gnu"):
        text = " ".join((*c_flags(triple), *asm_flags(triple)))
        assert "-march=" in text
        assert not any(word in text for word in ("native", "avx", "fast-math", "zvl", "rv64gcv"))
    with pytest.raises(ValueError, match="known: aarch64"):
        c_flags("vax-dec-ultrix")
