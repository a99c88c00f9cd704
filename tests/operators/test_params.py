"""Parameters of GEMM: analytical defaults, what is refused, the tuning space."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.operators.gemm.params import FLOAT, WORKSPACE, GemmParams, defaults, lanes, problems

TARGETS = [t for t in library.all_targets() if t.isa != "generic"]


@pytest.fixture(params=TARGETS, ids=lambda t: t.name)
def factors(request: pytest.FixtureRequest) -> HardwareFactors:
    found: HardwareFactors = request.param
    return found


def test_defaults_are_legal_and_fit_the_caches(factors: HardwareFactors) -> None:
    params = defaults(factors)
    assert problems(params, factors) == []
    l1, l2 = factors.cache(1), factors.cache(2)
    assert l1
    if "kc" not in factors.start:  # its file says why it is longer
        assert params.kc * params.nr * FLOAT < l1.bytes
    if l2:
        assert params.mc * params.kc * FLOAT <= l2.bytes // min(l2.shared_by, 2)
    assert (params.mc + params.nc) * params.kc * FLOAT <= WORKSPACE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nr": 30}, "registers"),
        ({"kc": 0}, "kc must be at least 1"),
        ({"vectors": 0}, "vectors must be at least 1"),
        ({"mc": 7}, "multiple of MR"),
        ({"unroll": 1 << 30}, "unroll must be at most"),
        ({"nc": 4194304}, "workspace"),
        ({"direct_caps": (40,)}, "DIRECT"),
        ({"stream_products": 64}, "STREAM"),
        ({"dot_products": 64}, "DOT"),
    ],
)
def test_impossible_parameters_are_named(factors: HardwareFactors, change: dict[str, Any], said: str) -> None:
    found = "; ".join(problems(replace(defaults(factors), **change), factors))
    if said in ("STREAM", "DOT") and said.lower() not in target.find(factors.isa).roles:
        assert not found  # there is no such kernel
    else:
        assert said in found


def test_parameters_survive_a_record(factors: HardwareFactors) -> None:
    params = defaults(factors)
    assert GemmParams.from_dict(params.to_dict()) == params


def test_an_unknown_parameter_in_a_record_is_named(factors: HardwareFactors) -> None:
    with pytest.raises(TypeError, match="not parameters of gemm: colour"):
        GemmParams.from_dict(defaults(factors).to_dict() | {"colour": 1})


def test_every_move_is_legal_and_a_change(factors: HardwareFactors) -> None:
    params = defaults(factors)
    moves = OPERATOR.moves(params, factors)
    assert len(moves) > 20
    for move in moves:
        assert problems(move.params, factors) == []
        assert move.params != params
        assert OPERATOR.space.shapes(move.group)


def test_the_tile_is_part_of_the_space(factors: HardwareFactors) -> None:
    params = defaults(factors)
    tiles = {(m.params.vectors, m.params.nr) for m in OPERATOR.moves(params, factors)}
    assert len(tiles) >= 3
    assert all(
        m.params.mc % (m.params.vectors * lanes(factors, m.params.group)) == 0 for m in OPERATOR.moves(params, factors)
    )
