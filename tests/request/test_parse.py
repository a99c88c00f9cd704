from __future__ import annotations

import pytest

from tensorop_gen.request.model import Request, RequestError, Shape
from tensorop_gen.request.parse import parse, require_cpu
from tensorop_gen.request.shapes import parse_shapes

UNDERSTOOD = [
    ("sgemm for this machine", "host", ()),
    ("sgemm", "host", ()),
    ("SGEMM for SpacemiT K1", "SpacemiT K1", ()),
    ("please write me a fast sgemm for the RISC-V board", "RISC-V board", ()),
    ("gemm f32 on zen 4 1000x1000x1000", "zen 4", (Shape(1000, 1000, 1000),)),
    ("sgemm 64 x 576 x 3136 for x86-64-v3", "x86-64-v3", (Shape(64, 576, 3136),)),
    ("m=64 k=4096 n=65", "host", (Shape(64, 4096, 65),)),
    ("sgemm for K1 with n=1, m=2, k=3", "K1", (Shape(2, 3, 1),)),
    ("matrix multiplication in single precision for K1, shapes 8^3 TN and 5\u00d77\u00d711", "K1", None),
    ("fp32 matmul on my machine", "host", ()),
    ("sgemm for RTX 4060", "RTX 4060", ()),
]


@pytest.mark.parametrize(("text", "target", "shapes"), UNDERSTOOD)
def test_sentences(text: str, target: str, shapes: tuple[Shape, ...] | None) -> None:
    request = parse(text)
    expected = (Shape(8, 8, 8, "TN"), Shape(5, 7, 11)) if shapes is None else shapes
    assert request == Request(text, "gemm", "f32", target, expected)


FOR_GPUS = [
    ("hgemm for A100", "f16", "A100"),
    ("gemm in fp16 for H100", "f16", "H100"),
    ("bf16gemm for h200", "bf16", "h200"),
    ("gemm tf32 on an A100", "tf32", "A100"),
]


@pytest.mark.parametrize(("text", "dtype", "target"), FOR_GPUS)
def test_data_types_of_gpus(text: str, dtype: str, target: str) -> None:
    request = parse(text)
    assert (request.operator, request.dtype, request.target) == ("gemm", dtype, target)
    with pytest.raises(RequestError, match=rf"gemm {dtype} is generated for GPUs only"):
        require_cpu(request)


NOT_UNDERSTOOD = [
    ("", "names no operator", "sgemm"),
    ("for zen 4", "names no operator", 'target "zen 4"'),
    ("sgem for K1", '"sgem"', "nearest: sgemm"),
    ("fft for K1", '"fft"', "nearest: "),
    ("sgemm K1", '"k1"', 'after "for"'),
    ("dgemm for K1", "cannot be generated yet", "ready: gemm f32"),
    ("hgemm", "gemm f16 is known", "ready: gemm f32"),
    ("conv2d for K1", "conv2d f32 is known", "ready: gemm f32"),
    ("sgemm f64", "one data type", "understood: operator gemm"),
    ("sgemm and conv2d", "one operator", "understood"),
    ("sgemm for K1 for C906", "two targets", "C906"),
    ("sgemm 64x64", '"64x64" is not a shape', "64x4096x64"),
    ("sgemm 0x4x4", "0 is no matrix size", "1 to"),
    ("sgemm 4x4x99999999999", "99999999999", "no matrix size"),
    ("sgemm m=4 n=4", "lacks k", "m=64"),
    ("sgemm m=4 m=5 k=1 n=1", "given twice", "MxKxN"),
]


@pytest.mark.parametrize(("text", "problem", "help_"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_said(text: str, problem: str, help_: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse(text)
    assert problem in str(caught.value)
    assert help_ in str(caught.value)


def test_a_list_of_shapes() -> None:
    assert parse_shapes("64x64x64,7^3 nt") == (Shape(64, 64, 64), Shape(7, 7, 7, "NT"))
    assert str(Shape(1, 2, 3)) == "1x2x3"
    assert str(Shape(1, 2, 3, "TT")) == "1x2x3 TT"


@pytest.mark.parametrize("text", ["", "64", "64x64", "64x64x64,big", "64x64x64x64"])
def test_a_bad_list_of_shapes(text: str) -> None:
    with pytest.raises(RequestError, match="is not a shape"):
        parse_shapes(text)
