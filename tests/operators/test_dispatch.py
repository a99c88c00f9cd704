"""The path is the one that the compiled sketch takes."""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build.harness import include_flags
from tensorop_gen.build.toolchain import find_toolchain
from tensorop_gen.hardware.probe import probe
from tensorop_gen.isa import target
from tensorop_gen.operators.gemm import dispatch
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.request.model import LAYOUTS, Request, Shape

FACTORS = probe()
SMALL = replace(defaults(FACTORS), direct_work=40**3, direct_pack_work=100**3, dot_min_k=32, stream_min_rows=64)
NAMES = ("direct", "direct_pack", "packed", "stream", "dot")  # enum tensorop_path of kernels/runtime/instance.h
SIZES = (1, 3, 5, 31, 64, 130)
ASK = """
#include "instance.h"
extern const tensorop_instance {instance};
int ask(int64_t m, int64_t n, int64_t k, int columns_a, int steps_b) {{
  const tensorop_gemm g = {{.m = m, .n = n, .k = k,
    .a = {{0, columns_a ? k : 1, columns_a ? 1 : m}}, .b = {{0, steps_b ? 1 : n, steps_b ? k : 1}}}};
  return (int){instance}.path(&g);
}}
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder: Path = tmp_path_factory.mktemp("sketch")
    candidate = BuiltinAuthor().write(Request(""), FACTORS, SMALL)
    for name, text in {**candidate.files, "ask.c": ASK.format(instance=candidate.instance)}.items():
        (folder / name).write_text(text)
    toolchain = find_toolchain(FACTORS.triple)
    files = [str(folder / name) for name in ("ask.c", "instance.c", "kernels.S")]
    done = toolchain.run(
        ["-O1", "-fPIC", "-shared", *include_flags(), f"-I{folder}", *files, "-o", str(folder / "ask.so")]
    )
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(folder / "ask.so"))


def test_every_shape_goes_where_the_sketch_sends_it(asked: ctypes.CDLL) -> None:
    seen = set()
    roles = target.find(FACTORS.isa).roles
    for m, k, n in itertools.product(SIZES, SIZES, SIZES):
        for layout in LAYOUTS:
            shape = Shape(m, k, n, layout)
            number = asked.ask(
                ctypes.c_int64(n), ctypes.c_int64(m), ctypes.c_int64(k), layout[1] == "T", layout[0] == "N"
            )
            found = dispatch.path(SMALL, roles, shape)
            assert NAMES[number] == found, shape
            seen.add(found)
    assert seen == set(get_args(dispatch.Path))


def test_without_the_kernels_everything_is_packed() -> None:
    params: GemmParams = SMALL
    assert dispatch.path(params, ("pack_a", "pack_b", "compute"), Shape(1, 64, 1)) == "packed"
