"""Whatever the parameters of GEMM are, they are refused in words or make kernels: never an endless loop or a crash."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.bounds import out_of_bounds
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems

ONE_OF_EACH = {t.isa: t for t in library.all_targets() if t.isa != "generic"}
USUAL = defaults(ONE_OF_EACH["avx2"])
SMALL = st.integers(-2, 9)
NAMES = tuple(f.name for f in fields(GemmParams))


@st.composite
def near(draw: st.DrawFn, params: GemmParams) -> GemmParams:
    """The parameters with a few of them changed, mostly to values that the emitters loop over."""
    changes: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=3)):
        value = getattr(params, name)
        if isinstance(value, bool):
            changes[name] = not value
        elif isinstance(value, tuple):
            changes[name] = tuple(draw(st.lists(st.integers(-1, 17), max_size=5)))
        else:
            changes[name] = draw(SMALL | st.sampled_from((value * 2, value // 2, 1 << 40)))
    return replace(params, **changes)


@pytest.fixture
def _not_forever() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError("an emitter does not come to an end")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_not_forever")
@pytest.mark.parametrize("factors", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_parameters_are_refused_or_make_kernels(factors: HardwareFactors, data: st.DataObject) -> None:
    params, isa = data.draw(near(defaults(factors))), target.find(factors.isa)
    found = problems(params, factors)
    if found:
        assert all(" must " in said or " fit " in said or " needs " in said or " over " in said for said in found)
    else:
        assert set(kernels.write(params, isa)) >= set(isa.roles)


@pytest.mark.parametrize("name", [n for n in NAMES if type(getattr(USUAL, n)) is int])
def test_every_number_has_bounds(name: str) -> None:
    assert out_of_bounds(USUAL) == []
    low: dict[str, Any] = {name: -1}
    high: dict[str, Any] = {name: 1 << 31}
    assert f"{name} must be at least " in "; ".join(out_of_bounds(replace(USUAL, **low)))
    assert f"{name} must be at most " in "; ".join(out_of_bounds(replace(USUAL, **high)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stream_n": 4, "stream_products": 3}, "stream_products must be at least stream_n"),
        ({"dot_edge": 4, "dot_products": 3}, "dot_products must be at least dot_edge"),
    ],
)
def test_products_serve_every_width(changes: dict[str, Any], said: str) -> None:
    assert said in "; ".join(out_of_bounds(replace(USUAL, **changes)))
