"""What an author is told, and what of a candidate is proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen import pipeline
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.probe import probe
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.pipeline import NotProvenError, Options, workshop
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner
from tensorop_gen.verify import Verification

from .conftest import GOOD, REQUEST, WRONG, Heard

pytestmark = pytest.mark.usefixtures("stand_ins")


def authors_that_mend(answers: Sequence[Verification], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The feedback that an author gets who writes something else each time."""
    given: list[object] = []
    left = list(answers)
    write = BuiltinAuthor.write

    def another(
        self: BuiltinAuthor,
        request: Request,
        factors: HardwareFactors,
        params: GemmParams | None = None,
        order: Order = (),
        feedback: Feedback | None = None,
    ) -> Candidate:
        given.append(feedback)
        candidate = write(self, request, factors, params, order)
        return replace(candidate, files={**candidate.files, "instance.c": f"/* {len(given)} */"})

    monkeypatch.setattr(BuiltinAuthor, "write", another)
    monkeypatch.setattr(workshop, "verify", lambda *_: left.pop(0))
    return given


def test_an_author_gets_feedback_until_it_is_right(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = authors_that_mend([WRONG, WRONG, GOOD], monkeypatch)
    pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert [getattr(feedback, "stage", None) for feedback in given[-3:]] == [None, "verify", "verify"]


def test_an_author_is_not_asked_forever(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    given = authors_that_mend([WRONG] * 100, monkeypatch)
    with pytest.raises(NotProvenError):
        pipeline.generate(REQUEST, Options(out=tmp_path, emit="sources"), heard)
    assert len(given) <= workshop.ATTEMPTS + 1


def test_only_the_sketch_of_a_candidate_with_known_kernels_is_proven_in_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, object]] = []

    def verify(*given: object) -> Verification:
        asked.append((given[2], given[5]))
        return GOOD

    monkeypatch.setattr(workshop, "verify", verify)
    factors = probe()
    shop = workshop.Workshop(
        REQUEST, factors, BuiltinAuthor(), find_toolchain(factors.triple), find_runner(factors, ""), tmp_path
    )
    start = defaults(factors)
    for params in (start, replace(start, kc=start.kc - 32), replace(start, unroll=start.unroll * 2)):
        shop.prove(BuiltinAuthor().write(REQUEST, factors, params), "smoke")
    shop.prove(BuiltinAuthor().write(REQUEST, factors, start))
    assert asked == [("smoke", False), ("smoke", True), ("smoke", False), ("quick", False)]
