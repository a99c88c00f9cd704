"""Every target's kernels, proven on every emulated machine that runs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.run import find_emulator
from tensorop_gen.source import source_root
from tensorop_gen.verify import Level, Verification, verify
from tensorop_gen.verify.folder import Folder
from tensorop_gen.verify.session import Session

from .conftest import PORTABLE, REQUEST
from .matrix import PROOFS, ROWS, Row

SMALL = tuple((row, factors) for row, factors in PROOFS if row.small)
NOT_FILTERED = "system calls: this kernel has no filter for them"
NO_VECTORS = "vstart is 0: not visible on this machine"


def ids(cases: tuple[tuple[Row, HardwareFactors], ...]) -> list[str]:
    return [f"{factors.name}-on-{row.name}" for row, factors in cases]


def check(row: Row, result: Verification, least: int, unknown: tuple[str, ...] = ()) -> None:
    """Passed, in as many cases as the level has at least, and all was checked that can be under an emulator. unknown:
    what else the result says of parameters that a candidate does not have."""
    assert result.failure is None
    assert result.kind == "emulated"
    assert result.cases >= least
    assert sum(result.counts.values()) >= result.cases
    blind = (NO_VECTORS,) if row.machine.arch == "riscv64" and not row.machine.vector else ()
    assert result.not_checked == (*blind, NOT_FILTERED, *unknown)


def prove(row: Row, factors: HardwareFactors, level: Level, folder: Path) -> Verification:
    candidate = BuiltinAuthor().write(REQUEST, factors)
    built = build(candidate, find_toolchain(factors.triple), folder)
    return verify(built, find_emulator(row.machine), level)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_emulator_is_there(row: Row) -> None:
    assert find_emulator(row.machine).kind == "emulated"


def test_every_target_is_in_the_matrix() -> None:
    others = {t.name for t in all_targets() if t.arch != "x86_64" and t.isa != PORTABLE}
    assert {factors.name for _, factors in PROOFS} == others
    assert {factors.name for _, factors in SMALL} == others
    assert len(PROOFS) >= 27
    assert len(SMALL) >= 15


@pytest.mark.parametrize(
    ("isa", "vector", "lengths"), [("rvv", "rvv1.0", {128, 256, 512, 1024}), ("rvv071", "rvv0.7.1", {128, 256})]
)
def test_vectors_of_every_length(isa: str, vector: str, lengths: set[int]) -> None:
    for target in (t for t in all_targets() if t.isa == isa):
        machines = [row.machine for row, factors in PROOFS if factors == target]
        assert {machine.vlen for machine in machines} == lengths
        assert {machine.vector for machine in machines} == {vector}


@pytest.mark.parametrize(("row", "factors"), SMALL, ids=ids(SMALL))
def test_small(row: Row, factors: HardwareFactors, tmp_path: Path) -> None:
    check(row, prove(row, factors, "smoke", tmp_path), 1500)


def test_tiles_narrower_than_stream(tmp_path: Path) -> None:
    """How many products STREAM sums at once depends on the columns, which threads must not share then."""
    row, factors = next((row, factors) for row, factors in SMALL if factors.name == "c906")
    params = replace(defaults(factors), vectors=2, nr=3, group=4)
    assert params.nr < params.stream_n
    assert params.stream_products // params.stream_n < params.stream_k
    built = build(BuiltinAuthor().write(REQUEST, factors, params), find_toolchain(factors.triple), tmp_path)
    with Session(built, find_emulator(row.machine), 0) as session:
        assert session.geometry
        assert session.geometry.n_grain == 2 * params.nr


@pytest.mark.slow
@pytest.mark.parametrize(("row", "factors"), PROOFS, ids=ids(PROOFS))
def test_whole(row: Row, factors: HardwareFactors, tmp_path: Path) -> None:
    check(row, prove(row, factors, "quick", tmp_path), 4000)


@pytest.mark.parametrize("row", [row for row in ROWS if PORTABLE in row.isas], ids=lambda row: row.name)
def test_portable_kernels(row: Row, tmp_path: Path) -> None:
    candidate = Folder.read(source_root() / "kernels" / "generic", "tensorop_instance_generic")
    built = build(candidate, find_toolchain(f"{row.machine.arch}-linux-gnu"), tmp_path)
    built = replace(built, sizes={"kc": 256, "mc": 32})  # its only blocks
    others = "edges of blocks and of the choice of path: direct_kc, nc, stream_min_rows, stream_rows not known"
    check(row, verify(built, find_emulator(row.machine), "smoke"), 1500, (others,))
