"""The words of the request's grammar."""

from __future__ import annotations

# A word for an operator; with a data type where the word fixes one, as BLAS names do.
OPERATORS: dict[str, tuple[str, str | None]] = {
    "gemm": ("gemm", None),
    "matmul": ("gemm", None),
    "mm": ("gemm", None),
    "sgemm": ("gemm", "f32"),
    "dgemm": ("gemm", "f64"),
    "hgemm": ("gemm", "f16"),
    "bf16gemm": ("gemm", "bf16"),
    "tf32gemm": ("gemm", "tf32"),
    "conv2d": ("conv2d", None),
    "conv": ("conv2d", None),
    "convolution": ("conv2d", None),
}

DTYPES: dict[str, str] = {
    "f32": "f32",
    "fp32": "f32",
    "float32": "f32",
    "float": "f32",
    "single": "f32",
    "f64": "f64",
    "fp64": "f64",
    "float64": "f64",
    "double": "f64",
    "f16": "f16",
    "fp16": "f16",
    "float16": "f16",
    "half": "f16",
    "bf16": "bf16",
    "bfloat16": "bf16",
    "tf32": "tf32",
}

# What can be generated today: for any target, and for GPUs only.
READY: frozenset[tuple[str, str]] = frozenset({("gemm", "f32")})
GPU_ONLY: frozenset[tuple[str, str]] = frozenset({("gemm", "f16"), ("gemm", "bf16"), ("gemm", "tf32")})

HOST: frozenset[str] = frozenset(
    {"host", "native", "localhost", "here", "this machine", "this computer", "this cpu", "this host", "my machine"}
)

_FILLERS = """a an the please me write make build generate create give want i need fast faster fastest optimized
optimised tuned operator kernel kernels library blas and with shape shapes size sizes of in precision"""
FILLERS: frozenset[str] = frozenset(_FILLERS.split())
