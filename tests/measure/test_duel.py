"""A duel of real candidates: who is slower is seen to be, who is wrong has no speed."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.model import Candidate
from tensorop_gen.build.candidate import Built, build
from tensorop_gen.build.toolchain import find_toolchain
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.duel import Duel
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.nominal import NominalPeak
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.run.local import LocalRunner

SHAPES = (Shape(64, 64, 64), Shape(33, 17, 65, "TN"))
UNKNOWN = NominalPeak(math.inf, math.inf)


@pytest.fixture(scope="module")
def candidate() -> Candidate:
    return BuiltinAuthor().write(Request("sgemm for this machine"), probe())


def built(candidate: Candidate, folder: Path, old: str = "", new: str = "") -> Built:
    """old, new: a change of the sketch's text."""
    sketch = candidate.files["instance.c"]
    changed = sketch.replace(old, new) if old else sketch
    assert bool(old) == (changed != sketch)
    made = replace(candidate, files={**candidate.files, "instance.c": changed})
    return build(made, find_toolchain(candidate.factors.triple), folder)


def duel(one: Built, other: Built, rates: NominalPeak = UNKNOWN) -> Duel:
    return Duel(one, other, LocalRunner(), SHAPES, rates, burst_ms=1.0)


def test_twice_the_work_takes_longer(candidate: Candidate, tmp_path: Path) -> None:
    """The first path is run twice; beta is 0, so that the result is the same."""
    fair = built(candidate, tmp_path / "fair")
    slow = built(
        candidate, tmp_path / "slow", "run_direct(share); break;", "run_direct(share); run_direct(share); break;"
    )
    with duel(slow, fair) as running:
        rounds = [running.round() for _ in range(5)]
        running.judge()
    assert all(len(ratios) == len(SHAPES) for ratios in rounds)
    assert sorted(ratios[0] for ratios in rounds)[2] < -0.3


def test_a_wrong_candidate_is_taken_out(candidate: Candidate, tmp_path: Path) -> None:
    fair = built(candidate, tmp_path / "fair")
    wrong = built(candidate, tmp_path / "wrong", ".alpha = g->alpha", ".alpha = 2 * g->alpha")
    with duel(wrong, fair) as running, pytest.raises((MeasureError, RuntimeError), match=r"wrong|element"):
        running.round()


def test_a_speed_that_cannot_be_is_refused(candidate: Candidate, tmp_path: Path) -> None:
    fair = built(candidate, tmp_path)
    with contextlib.closing(NominalPeak(1.0, 1.0)) as slow, duel(fair, fair, slow) as running:
        running.round()
        with pytest.raises(MeasureError, match=r"candidate on 64x64x64: .*more than the"):
            running.judge()
