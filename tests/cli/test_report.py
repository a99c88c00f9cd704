"""tensorop-gen report."""

from __future__ import annotations

from pathlib import Path

from tests.report.samples import folder
from typer.testing import CliRunner

from tensorop_gen.cli.app import app


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["report", *arguments])
    return done.exit_code, done.output


def test_into_the_folder_or_where_it_is_wanted(tmp_path: Path) -> None:
    out, cache, bench = folder(tmp_path)
    assert said(str(out), "--cache", str(cache)) == (0, f"written: {out}/report.html\n")
    assert "tensorop-gen bench TensorOp=" in (out / "report.html").read_text()
    other = tmp_path / "other.html"
    assert said(str(out), "--cache", str(cache), "--bench", str(bench), "--out", str(other))[0] == 0
    assert "beside peers" in other.read_text()


def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    code, out = said(str(tmp_path))
    assert code == 2
    assert "name a folder that tensorop-gen made" in out
    assert not list(tmp_path.iterdir())
