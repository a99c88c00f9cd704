"""The command line for a folder of sources."""

from __future__ import annotations

import shlex
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
    result = run(str(PLANTED), "--instance", "planted", "--level", "smoke", "--sizes", "kc=32")
    assert result.exit_code == 0, result.output
    assert "passed: " in result.output
    assert "run packed" in result.output
    assert "not checked: edges of blocks and of the choice of path: direct_kc, dot_min_k, mc, nc" in result.output


def test_wrong_candidate_exits_4_with_a_reproducer(tmp_path: Path) -> None:
    folder = shutil.copytree(PLANTED, tmp_path / "wrong")
    source = folder / "instance.c"
    source.write_text("#define BETA_IGNORED\n" + source.read_text())
    result = run(str(folder), "--instance", "planted", "--level", "smoke")
    assert result.exit_code == 4
    assert f"again: python -m tensorop_gen.verify {folder} --instance planted --case '" in result.output


def test_reproducer_names_the_machine_and_the_sizes(tmp_path: Path) -> None:
    folder = shutil.copytree(PLANTED, tmp_path / "a wrong one")
    source = folder / "instance.c"
    source.write_text("#define DROPS_LAST_K\n" + source.read_text())
    given = ["--sizes", "mc=16,nc=4,kc=32", "--triple", "riscv64-linux-gnu", "--vector", "rvv1.0", "--vlen", "256"]
    result = run(str(folder), "--instance", "planted", "--level", "smoke", *given)
    assert result.exit_code == 4, result.output
    words = shlex.split(result.output.partition("again: ")[2])
    assert words[:6] == ["python", "-m", "tensorop_gen.verify", str(folder), "--instance", "planted"]
    assert words[6:14] == given
    again = run(*words[3:])
    assert again.exit_code == 4
    assert again.output.partition("FAILED")[2] == result.output.partition("FAILED")[2]


@pytest.mark.parametrize("words", [["--case", "garbage"], ["--case", ""], ["--sizes", "32"], ["--sizes", "kc=x"]])
def test_what_is_not_understood_exits_2(words: list[str]) -> None:
    result = run(str(PLANTED), "--instance", "planted", *words)
    assert result.exit_code == 2, result.output
    assert "is not a case: one begins with" in result.output or "is not name=number" in result.output


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
