from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tensorop_gen.build.toolchain import ToolMissing, find_toolchain, native_arch
from tensorop_gen.measure import tools
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.source import source_root


def ask(program: Path, text: str) -> list[str]:
    return subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout.splitlines()


def test_built_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TENSOROP_CACHE_DIR", str(tmp_path))
    first = tools.peak_program()
    changed = first.stat().st_mtime_ns
    assert tools.peak_program() == first
    assert first.stat().st_mtime_ns == changed
    assert first.is_relative_to(tmp_path)


def test_commands_of_the_peak_program() -> None:
    answers = ask(tools.peak_program(), "isa\nflops 1 1\nread 4096 1 1\nflops 0 1\nnonsense\n")
    assert [line.split()[0] for line in answers] == ["ok", "ok", "ok", "error", "error"]
    assert answers[4] == "error not a command: nonsense"


@pytest.mark.parametrize("probe", ["probe_generic.c", f"probe_{native_arch()}.c"])
def test_every_probe_reads_and_multiplies(probe: str, tmp_path: Path) -> None:
    bench = source_root() / "bench"
    program = tmp_path / "peak"
    toolchain = find_toolchain(f"{native_arch()}-linux-gnu")
    result = toolchain.run(
        ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", str(bench / "peak.c"), str(bench / probe), "-lpthread",
         "-o", str(program)]
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    isa, flops, read = ask(program, "isa\nflops 1 1\nread 1000000 1 4\n")
    assert isa.startswith("ok ")
    assert float(flops.split()[1]) > 1e7
    assert float(read.split()[1]) > 1e7


def test_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TENSOROP_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(ToolMissing, match="no-such-compiler"):
        tools.worker_program()


def test_a_compiler_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text('#!/bin/sh\n[ "$1" = -v ] && exit 0\necho "it broke" >&2\nexit 1\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("TENSOROP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(MeasureError, match="worker does not compile:\nit broke"):
        tools.worker_program()
