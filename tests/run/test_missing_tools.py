"""What a cross target needs and is not there: exit code 3, its name, and the command that helps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import app
from tensorop_gen.hardware import library
from tensorop_gen.run import find_emulator


@pytest.fixture(autouse=True)
def _as_if_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No record is shipped, and no emulator was found before."""
    monkeypatch.setattr("tensorop_gen.cache.records.source_root", lambda: tmp_path)
    find_emulator.cache_clear()
    yield
    find_emulator.cache_clear()


def said(*words: str) -> str:
    """What a run says that must end with exit code 3 and leave nothing."""
    folder = Path(words[-1])
    done = CliRunner().invoke(app, with_command([*words[:-1], "--tune", "off", "--out", str(folder)]))
    assert done.exit_code == 3, done.stderr
    assert not folder.exists()
    return done.stderr


def test_an_assembler_that_is_too_old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "old-gcc"
    lacks = 'echo "Error: unrecognized .option directive: arch, +v" >&2; exit 1'
    old.write_text(f'#!/bin/sh\ncase "$*" in *assembler-with-cpp*) {lacks};; esac\nexec riscv64-linux-gnu-gcc "$@"\n')
    old.chmod(0o755)
    monkeypatch.setenv("CC_riscv64_linux_gnu", str(old))
    text = said("sgemm for SpacemiT K1", str(tmp_path / "out"))
    assert f"{old} cannot assemble rvv instructions:\nError: unrecognized" in text
    assert "install it with: sudo apt-get install binutils-riscv64-linux-gnu, or pip install ziglang" in text


def test_an_emulator_without_the_cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = Path(library.__file__).parent / "targets" / "cortex-a76.yaml"
    text = path.read_text().replace("cpu: cortex-a76", "cpu: cortex-z99").replace("name: cortex-a76", "name: z99")
    (tmp_path / "z99.yaml").write_text(text)
    monkeypatch.setenv("TENSOROP_TARGET_PATH", str(tmp_path))
    text = said("sgemm for z99", str(tmp_path / "out"))
    assert "no emulator for cortex-z99; tried\n" in text
    assert "unable to find CPU model 'cortex-z99'" in text
    assert "install it with: sudo apt-get install qemu-user-static (a version that knows cortex-z99)" in text


def test_an_emulator_without_the_old_dialect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tmp_path / "tools"))
    text = said("sgemm for Allwinner D1", str(tmp_path / "out"))
    assert "no emulator for riscv64 with RVV 0.7.1 at VLEN 128; tried\n" in text
    assert "install it with: tensorop-gen doctor --install (the last QEMU with RVV 0.7.1 is version 5.2)" in text
