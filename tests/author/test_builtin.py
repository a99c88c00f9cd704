"""The builtin author: what it writes compiles as strictly as all C here, and depends on its inputs alone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.isa import target
from tensorop_gen.isa.names import parse
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.source import source_root

FACTORS = library.load("x86-64-v4")
REQUEST = Request("sgemm for this machine")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["x86-64-v3", "x86-64-v4", "armv8-a", "rv64gc", "rv64gcv"])
def test_sketch_compiles_for_the_baseline_without_warning(name: str, tmp_path: Path) -> None:
    """Sketches with all kernels, without some, and with vectors whose length the running CPU decides."""
    factors = library.load(name)
    candidate = BuiltinAuthor().write(REQUEST, factors)
    source = tmp_path / "instance.c"
    source.write_text(candidate.files["instance.c"])
    include = [f"-I{source_root() / 'include'}", f"-I{source_root() / 'kernels' / 'runtime'}"]
    toolchain = find_toolchain(factors.triple)
    flags = [*toolchain.c_flags, "-Wall", "-Wextra", "-Werror", *include]
    result = toolchain.run(["-c", *flags, str(source), "-o", str(tmp_path / "o")])
    assert result.returncode == 0, result.stderr


def test_same_inputs_same_files() -> None:
    assert BuiltinAuthor().write(REQUEST, FACTORS) == BuiltinAuthor().write(REQUEST, FACTORS)


def test_same_inputs_same_files_in_every_process() -> None:
    """Python orders sets anew in each process: nothing that is written may depend on it."""
    program = (
        "from tests.author.test_builtin import FACTORS, REQUEST; from tensorop_gen.author.builtin import BuiltinAuthor;"
        "print(BuiltinAuthor().write(REQUEST, FACTORS).key)"
    )
    keys = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", program]
        keys.add(subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert len(keys) == 1


def test_key_changes_with_a_parameter() -> None:
    other = replace(defaults(FACTORS), kc=64)
    assert BuiltinAuthor().write(REQUEST, FACTORS).key != BuiltinAuthor().write(REQUEST, FACTORS, other).key


def test_symbols_are_kernel_names() -> None:
    isa = target.find(FACTORS.isa)
    params = defaults(FACTORS)
    for role, symbol in kernels.symbols(kernels.write(params, isa), params, isa).items():
        assert parse(symbol).role == role
        assert symbol in BuiltinAuthor().write(REQUEST, FACTORS).files["instance.c"]


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="registers"):
        BuiltinAuthor().write(REQUEST, FACTORS, replace(defaults(FACTORS), nr=40))


def test_an_order_changes_the_kernel_and_an_illegal_one_is_refused() -> None:
    isa = target.find(FACTORS.isa)
    compute = kernels.write(defaults(FACTORS), isa)["compute"]
    block = next(b for b in compute.blocks if b.label.endswith("_loop"))
    size = len(block.insns)
    swapped = (1, 0, *range(2, size))  # two loads
    where = f"compute:{block.label}"
    plain = BuiltinAuthor().write(REQUEST, FACTORS)
    assert BuiltinAuthor().write(REQUEST, FACTORS, order=((where, swapped),)).key != plain.key
    with pytest.raises(ValueError, match="depends"):
        BuiltinAuthor().write(REQUEST, FACTORS, order=((where, tuple(reversed(range(size)))),))
    with pytest.raises(ValueError, match="no kernel is called nothing"):
        BuiltinAuthor().write(REQUEST, FACTORS, order=(("nothing:x", ()),))
