from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.build.flags import ASM_PROBE, asm_flags, c_flags
from tensorop_gen.build.toolchain import ToolMissing, find_toolchain, native_arch

NATIVE = f"{native_arch()}-linux-gnu"


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_native_compiler_knows_all_instructions() -> None:
    toolchain = find_toolchain(NATIVE)
    for isa in ASM_PROBE:
        toolchain.require(isa)


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


def test_c_is_for_the_baseline() -> None:
    for triple in ("x86_64-linux-gnu", "aarch64-linux-gnu", "riscv64-linux-gnu"):
        text = " ".join((*c_flags(triple), *asm_flags(triple)))
        assert "-march=" in text
        assert not any(word in text for word in ("native", "avx", "fast-math", "zvl", "rv64gcv"))
    with pytest.raises(ValueError, match="known: aarch64"):
        c_flags("vax-dec-ultrix")
