from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tensorop_gen.cli import main
from tensorop_gen.measure.cost import judge

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Runs `tensorop-gen model` where no llvm-mca is found; gives its exit code, stdout and stderr."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tmp_path))
    forget()

    def invoke(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["model", *arguments, "--start"])
        captured = capsys.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    yield invoke
    forget()


def forget() -> None:
    judge.find_judge.cache_clear()
    judge.cycles.cache_clear()


def test_it_tells_loop_and_shapes_and_that_nothing_was_measured(run: Run) -> None:
    code, out, _ = run("sgemm for SpacemiT K1", "--shapes", "128^3,64x256x64", "--lines")
    assert code == 0
    assert "SpacemiT K1 (X60), one core, peak 25.6 GFLOPS: modelled, not measured" in out
    assert "llvm-mca for spacemit-x60: no llvm-mca of LLVM 22 or later" in out
    assert "vfmacc.vf v0, ft0, v28" in out
    rows = [line.split()[:3] for line in out.splitlines()[-6:]]
    assert [row[0] for row in rows] == ["128x128x128"] * 3 + ["64x256x64"] * 3
    assert [row[2] for row in rows] == ["x1", "x0.5", "x2"] * 2


def test_programs_can_read_it(run: Run) -> None:
    code, out, _ = run("sgemm for cortex-a76", "--shapes", "100^3", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["target"] == "cortex-a76"
    assert [(p["kind"], p["loads"]) for p in found["predictions"]] == [("modelled", x) for x in (1.0, 0.5, 2.0)]
    assert found["loop"]["judge"] is None
    assert len(found["loop"]["lines"]) > 100


def test_what_cannot_be_modelled_is_said(run: Run) -> None:
    code, _, err = run("sgemm for x86-64-v2")
    assert code == 1
    assert "x86-64-v2 runs the portable kernels in C" in err
    code, _, err = run("sgemm for zen4", "--shapes", "1x4096x4096")
    assert code == 1
    assert "1x4096x4096: narrow C goes the way STREAM, which is bound by memory and not modelled" in err
    assert run("sgemm for nothing")[0] == 2
