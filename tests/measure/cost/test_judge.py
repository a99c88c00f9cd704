"""With a program that answers as llvm-mca does, or does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.hardware.library import load
from tensorop_gen.isa import target
from tensorop_gen.measure.cost import judge
from tensorop_gen.measure.cost.report import report
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Shape

Fake = Callable[..., Path]
ANSWER = """\
for word in "$@"; do case "$word" in -iterations=*) count=${word#-iterations=} ;; esac; done
echo "Total Cycles:      $((count * 232 + 7))"
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """fake(version, script) -> where it keeps what it is given."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tmp_path / "tools"))

    def make(version: int = judge.RELEASE, script: str = ANSWER) -> Path:
        seen, program = tmp_path / "seen", tmp_path / "llvm-mca"
        version_line = f'if [ "$1" = --version ]; then echo "  LLVM version {version}.1.8"; exit; fi\n'
        program.write_text(f'#!/bin/sh\n{version_line}echo "$@" >{seen}\ncat >>{seen}\n{script}')
        program.chmod(0o755)
        return seen

    judge.find_judge.cache_clear()
    judge.cycles.cache_clear()
    yield make
    judge.find_judge.cache_clear()
    judge.cycles.cache_clear()


def test_it_is_given_the_loop_and_its_cycles_count(fake: Fake) -> None:
    seen, factors = fake(), load("spacemit-k1")
    params = defaults(factors)
    found = report(factors, params, [Shape(128, 128, 128)])
    assert found.loop.judge == pytest.approx(232 / params.unroll)
    text = seen.read_text()
    assert "-mtriple=riscv64-linux-gnu -mcpu=spacemit-x60" in text
    before, after = text.split("# LLVM-MCA-BEGIN")
    assert "vsetvli" in before
    assert after.count("vfmacc.vf") == params.unroll * params.nr
    assert after.rstrip().splitlines()[-2].startswith("\tbgez\ta0, .Ljudged.")
    alone = report(factors.model_copy(update={"mca": None}), params, [Shape(128, 128, 128)])
    assert alone.loop.judge is None
    assert found.predictions[0].cycles != alone.predictions[0].cycles


def test_without_it_our_model_counts_and_that_is_said(fake: Fake) -> None:
    fake(version=19)
    found = report(load("cortex-a76"), defaults(load("cortex-a76")), ())
    assert found.loop.judge is None
    assert "llvm-mca is of LLVM 19" in found.loop.judge_missing
    assert "doctor --install" in found.loop.judge_missing
    assert found.loop.share == pytest.approx(100 * found.loop.floor / found.loop.cycles)
    with pytest.raises(ToolMissing):
        judge.find_judge()


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo no such CPU >&2; exit 1", "llvm-mca failed:\nno such CPU"), ("echo nothing", "gives no cycles")],
)
def test_an_answer_without_cycles_is_an_error(fake: Fake, script: str, said: str) -> None:
    fake(script=script)
    factors = load("cortex-a76")
    params, isa = defaults(factors), target.find(factors.isa)
    program = kernels.write(params, isa)["compute"]
    with pytest.raises(MeasureError, match=said):
        judge.judged(program.blocks[1].insns, program, factors)
