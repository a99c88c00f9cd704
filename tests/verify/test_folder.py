"""The command line for a folder of sources."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tensorop_gen.verify.__main__ import main

PLANTED = Path(__file__).parent / "planted"


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(main)
    return CliRunner().invoke(app, list(words))


def test_passes() -> None:
    result = run(str(PLANTED), "--instance", "planted", "--level", "smoke", "--sizes", "32")
    assert result.exit_code == 0, result.output
    assert "passed: " in result.output
    assert "run packed" in result.output


def test_wrong_candidate_exits_4_with_a_reproducer(tmp_path: Path) -> None:
    folder = shutil.copytree(PLANTED, tmp_path / "wrong")
    source = folder / "instance.c"
    source.write_text("#define BETA_IGNORED\n" + source.read_text())
    result = run(str(folder), "--instance", "planted", "--level", "smoke")
    assert result.exit_code == 4
    assert f"again: python -m tensorop_gen.verify {folder} --instance planted --case '" in result.output


def test_source_that_does_not_compile_exits_4(tmp_path: Path) -> None:
    (tmp_path / "instance.c").write_text("int x = ;\n")
    result = run(str(tmp_path), "--instance", "planted")
    assert result.exit_code == 4
    assert "instance.c:1" in result.output


def test_missing_compiler_exits_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    result = run(str(PLANTED), "--instance", "planted")
    assert result.exit_code == 3
    assert "no-such-compiler" in result.output
    assert "apt-get install" in result.output
