"""Kernel names say all about a kernel, and can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorop_gen.isa.names import KernelName, parse


@given(
    st.sampled_from(["pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot"]),
    st.integers(1, 512),
    st.integers(1, 64),
    st.sampled_from(["avx512", "avx2", "rvv10"]),
    st.booleans(),
)
def test_round_trip(role: str, mr: int, nr: int, isa: str, scalable: bool) -> None:
    name = KernelName("f32", "gemm", role, mr, nr, isa, "u4_0123abcd", scalable)  # type: ignore[arg-type]
    assert parse(str(name)) == name


@pytest.mark.parametrize(
    "text", ["", "sgemm", "tensorop_f32_gemm_compute_48x8", "tensorop_f32_gemm_what_48x8__avx2_u4"]
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a kernel name"):
        parse(text)
