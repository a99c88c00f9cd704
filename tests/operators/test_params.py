"""Parameters of GEMM: analytical defaults, what is refused, the tuning space."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.operators.gemm.params import FLOAT, WORKSPACE, GemmParams, defaults, lanes, problems
from tensorop_gen.operators.params import Params, written


@dataclass(frozen=True)
class _Worded(Params):
    kind: str


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


def test_changes_are_read_as_they_are_written(factors: HardwareFactors) -> None:
    usual = defaults(factors)
    changed = replace(usual, kc=8, ahead=not usual.ahead, mc=2 * usual.mc, direct_caps=usual.direct_caps[:1])
    text = OPERATOR.changes(changed, factors)
    assert GemmParams.read(text).keys() == {"kc", "ahead", "mc", "direct_caps"}
    assert GemmParams.from_dict(usual.to_dict() | GemmParams.read(text)) == changed
    assert OPERATOR.changes(usual, factors) == ""
    assert OPERATOR.changed("", factors) == usual
    assert OPERATOR.changed("unroll=2", factors) == replace(usual, unroll=2)


def test_values_of_every_kind() -> None:
    text = "kc=256,ahead=on,splat=off,direct_caps=8x6"
    assert GemmParams.read(text) == {"kc": 256, "ahead": True, "splat": False, "direct_caps": (8, 6)}
    assert written(GemmParams.read(text)) == text
    assert _Worded.read("kind=a=b") == {"kind": "a=b"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kc", "kc is a whole number, not ''"),
        ("kc=-1", "kc is a whole number, not '-1'"),
        ("unroll=1,ahead=1", "ahead is on or off, not '1'"),
        ("direct_caps=8x", "direct_caps is whole numbers like 8x6, not '8x'"),
        ('{"kc": 256}', "is not a parameter; there are vectors, nr,"),
    ],
)
def test_what_is_no_value_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        GemmParams.read(text)


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
