"""The words of the request's grammar."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

from tensorop_gen.source import operator_folders

# Operators that are understood, though none can be generated yet.
_NOT_YET: dict[str, tuple[str, str | None]] = {
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

HOST: frozenset[str] = frozenset(
    {"host", "native", "localhost", "here", "this machine", "this computer", "this cpu", "this host", "my machine"}
)

_FILLERS = """a an the please me write make build generate create give want i need fast faster fastest optimized
optimised tuned operator kernel kernels library blas and with shape shapes size sizes of in precision"""
FILLERS: frozenset[str] = frozenset(_FILLERS.split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """operators: a word for an operator -> its name, and a data type where the word fixes one, as BLAS names do.
    ready, gpu_only: what can be generated today, for any target and for GPUs only."""

    operators: dict[str, tuple[str, str | None]]
    ready: frozenset[tuple[str, str]]
    gpu_only: frozenset[tuple[str, str]]


def vocabulary() -> Vocabulary:
    """The words of all operators there are (words.yaml of each)."""
    return _vocabulary(tuple(operator_folders().items()))


@functools.cache
def _vocabulary(folders: tuple[tuple[str, Path], ...]) -> Vocabulary:
    known = {name: yaml.safe_load((folder / "words.yaml").read_text(encoding="utf-8")) for name, folder in folders}
    words = {
        word: (name, None if dtype == "any" else dtype)
        for name, facts in known.items()
        for word, dtype in facts["words"].items()
    }
    ready, gpu_only = (
        frozenset((name, dtype) for name, facts in known.items() for dtype in facts.get(which, ()))
        for which in ("ready", "gpu_only")
    )
    return Vocabulary(words | _NOT_YET, ready, gpu_only)
