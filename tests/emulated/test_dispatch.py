"""One library an architecture: what it finds on each emulated machine, and the target that it chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tensorop_gen.run import find_emulator

from .conftest import Library, run
from .matrix import ROWS, Row


def answers(row: Row, program: Path, **environment: str) -> tuple[dict[str, str], str]:
    """What the program prints, by its first word; and what the library says on standard error."""
    done = run(*find_emulator(row.machine).command([str(program)]), **environment)
    words = (line.partition(" ") for line in done.stdout.splitlines())
    return {first: rest for first, _, rest in words}, done.stderr


@pytest.fixture(scope="session")
def detected(library: Callable[[str], Library]) -> Callable[[str], Path]:
    programs: dict[str, Path] = {}

    def make(arch: str) -> Path:
        if arch not in programs:
            programs[arch] = library(arch).program(Path(__file__).parent / "detected.c")
        return programs[arch]

    return make


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_detection(row: Row, detected: Callable[[str], Path]) -> None:
    found, _ = answers(row, detected(row.machine.arch))
    assert set(row.features) <= set(found["features"].split())
    vectors = {"v", "xtheadvector", "zvl128b", "zvl256b", "zvl512b", "zvl1024b", "sve"}
    assert set(found["features"].split()) & vectors == set(row.features) & vectors
    if row.core:
        assert found["core"] == f"{row.core[0]} {row.core[1]:#x}"
    assert found["chosen"] == row.chosen


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_target_of_the_machine_can_be_forced(row: Row, detected: Callable[[str], Path]) -> None:
    assert row.targets
    for factors in row.targets:
        found, said = answers(row, detected(row.machine.arch), TENSOROP_CORETYPE=factors.name)
        assert (found["chosen"], said) == (factors.name, "")


def test_a_target_of_the_other_dialect_is_refused(detected: Callable[[str], Path]) -> None:
    rows = {row.name: row for row in ROWS}
    found, said = answers(rows["rvv1.0-128"], detected("riscv64"), TENSOROP_CORETYPE="c906")
    assert found["chosen"] == "rv64gcv"
    assert "not a target this CPU can run" in said
    found, said = answers(rows["rvv0.7.1-128"], detected("riscv64"), TENSOROP_CORETYPE="rv64gcv")
    assert found["chosen"] == "c906"
    assert "not a target this CPU can run" in said
