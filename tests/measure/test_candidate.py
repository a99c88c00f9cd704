from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.model import Candidate
from tensorop_gen.build.candidate import Built, build
from tensorop_gen.build.toolchain import find_toolchain
from tensorop_gen.hardware.probe import probe
from tensorop_gen.measure.candidate import Measurement, measure
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.run.local import LocalRunner
from tensorop_gen.verify.session import CAPACITY, CandidateFailed

SHAPES = (Shape(8, 8, 8), Shape(33, 17, 65, "TN"))


@pytest.fixture(scope="module")
def candidate() -> Candidate:
    return BuiltinAuthor().write(Request("sgemm for this machine"), probe())


def built(candidate: Candidate, folder: Path) -> Built:
    return build(candidate, find_toolchain(candidate.factors.triple), folder)


def test_speed_share_and_error_of_each_shape(candidate: Candidate, tmp_path: Path) -> None:
    found = measure(built(candidate, tmp_path), LocalRunner(), SHAPES, rounds=2, burst_ms=0.5)
    assert [m.shape for m in found] == list(SHAPES)
    for m in found:
        assert m.gflops > 0
        assert m.interval[0] <= m.percent_of_peak <= m.interval[1]
        assert m.before < 16
        assert m.after < 16
        assert m.kind == "measured"
        assert Measurement.model_validate_json(m.model_dump_json()) == m


def test_a_measurement_of_an_earlier_release_is_read() -> None:
    old = {"shape": {"m": 8, "k": 8, "n": 8, "layout": "NN"}, "kind": "measured", "rounds": 7, "gflops": 1.0,
           "percent_of_peak": 2.0, "interval": [1.0, 3.0], "before": 1.0, "after": 1.0}  # fmt: skip
    assert Measurement.model_validate(old | {"ratio": None}) == Measurement.model_validate(old)
    with pytest.raises(ValidationError, match="versus"):
        Measurement.model_validate(old | {"versus": None})


def test_a_wrong_candidate_has_no_speed(candidate: Candidate, tmp_path: Path) -> None:
    """Its alpha is doubled on the way to the kernels."""
    sketch = candidate.files["instance.c"]
    wrong = sketch.replace(".alpha = g->alpha", ".alpha = 2 * g->alpha")
    assert wrong != sketch
    files = {**candidate.files, "instance.c": wrong}
    changed = Candidate(candidate.operator, candidate.dtype, candidate.factors, candidate.params, candidate.author,
                        files, candidate.instance)  # fmt: skip
    with pytest.raises(CandidateFailed, match="element"):
        measure(built(changed, tmp_path), LocalRunner(), SHAPES, rounds=1, burst_ms=0.5)


def test_operands_larger_than_those_of_proofs(candidate: Candidate, tmp_path: Path) -> None:
    shape = Shape(1, 8192, 4096)
    assert 4 * shape.k * shape.n > CAPACITY
    (found,) = measure(built(candidate, tmp_path), LocalRunner(), [shape], rounds=1, burst_ms=0.5)
    assert found.gflops > 0


def test_operands_larger_than_memory_are_refused_in_words(candidate: Candidate, tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match=r"timing 1x1048576x1048576 takes \d+ GiB of memory; there are"):
        measure(built(candidate, tmp_path), LocalRunner(), [Shape(1, 1 << 20, 1 << 20)])
