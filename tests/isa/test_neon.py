"""The NEON emitter: every program assembles, stays inside its registers, and keeps the ABI's registers."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.isa import debian13

from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.isa.neon.rows import parts
from tensorop_gen.isa.program import Mem, Program
from tensorop_gen.isa.target import find
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems

NEON = find("neon")
SMALL = GemmParams(2, 12, 4, 256, 96, 4092, (15, 10, 7, 5), stream_products=32, dot_products=16, ahead=True)
ODD = replace(SMALL, vectors=3, nr=7, unroll=3, mc=96, nc=4088, prefetch_b=128, direct_unroll=6)
ALL = {"small": SMALL, "odd": ODD, "plain": replace(SMALL, ahead=False, prefetch_c=0, direct_prefetch_a=True)}


def programs(name: str) -> dict[str, Program]:
    return {str(role): program for role, program in kernels.write(ALL[name], NEON).items()}


def assembled(name: str, folder: Path) -> Path:
    source, obj = folder / "k.S", folder / "k.o"
    source.write_text(NEON.assembly(programs(name)))
    toolchain = find_toolchain("aarch64-linux-gnu")
    result = toolchain.run([*toolchain.asm_flags, "-c", str(source), "-o", str(obj)])
    assert result.returncode == 0, result.stderr
    return obj


def readelf(option: str, obj: Path) -> str:
    return subprocess.run(["readelf", option, str(obj)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ALL)
def test_assembles_for_the_baseline_without_relocated_code(name: str, tmp_path: Path) -> None:
    headers = readelf("-SrWn", assembled(name, tmp_path))
    assert ".note.GNU-stack" in headers
    assert re.search(r"AArch64 feature: BTI, PAC", headers)
    assert ".rela.text" not in headers


@pytest.mark.parametrize("name", ALL)
def test_symbols_are_hidden_functions_with_sizes(name: str, tmp_path: Path) -> None:
    table = readelf("-sW", assembled(name, tmp_path))
    rows = [line.split() for line in table.splitlines() if "FUNC" in line]
    assert {row[7] for row in rows} == set(programs(name))
    assert all(row[5] == "HIDDEN" and int(row[2], 0) > 0 for row in rows)


@pytest.mark.parametrize("tile", NEON.preferences.tiles)
def test_registers_exist_and_the_reserved_one_is_left_alone(tile: tuple[int, int]) -> None:
    count = 0
    for program in kernels.write(replace(SMALL, vectors=tile[0], nr=tile[1]), NEON).values():
        for insn in program.insns:
            used = {r for r in insn.reads | insn.writes if re.fullmatch(r"[xv]\d+", r)}
            assert all(int(r[1:]) <= 31 for r in used)
            assert "x18" not in used
            count += len(used)
    assert count > 0


@pytest.mark.parametrize("name", ALL)
def test_callee_saved_registers_are_saved_where_written(name: str) -> None:
    """d8-d15 are the halves of v8-v15 that a call must keep."""
    kept = {f"x{i}" for i in range(19, 31)} | {f"v{i}" for i in range(8, 16)}
    written_somewhere = False
    for program in programs(name).values():
        written = {r for i in program.insns if i.mnemonic != "ldp" for r in i.writes} & kept
        saved = [o for i in program.insns if i.mnemonic == "stp" for o in i.operands]
        restored = [o for i in program.insns if i.mnemonic == "ldp" for o in i.operands]
        assert written <= {str(o).replace("d", "v") for o in saved}
        assert saved == restored
        written_somewhere |= bool(written)
    assert written_somewhere


@pytest.mark.parametrize("name", ALL)
def test_inputs_are_only_read(name: str) -> None:
    for program in programs(name).values():
        written = {o for i in program.insns for o in i.writes if o.startswith("mem:")}
        assert written <= {"mem:c", "mem:panel", "mem:stack"}


@pytest.mark.parametrize("name", ALL)
def test_every_access_names_its_buffer(name: str) -> None:
    """An access without a name would be taken as independent of all others."""
    for program in programs(name).values():
        for insn in program.insns:
            if insn.kind in ("load", "store"):
                assert all(o.space for o in insn.operands if isinstance(o, Mem)), insn


@pytest.mark.parametrize("width", range(1, 17))
def test_parts_cover_a_row_and_nothing_else(width: int) -> None:
    covered = {i for p in parts(width) for i in range(p.start, p.end)}
    assert covered == set(range(width))


@pytest.mark.parametrize("nr", range(1, 13))
def test_what_cannot_be_addressed_is_a_problem(nr: int) -> None:
    """The greatest unroll that is none can be written, the next one cannot."""
    most = NEON.most_unroll(2, nr)
    assert most >= 4
    fitting = replace(SMALL, nr=nr, nc=nr, unroll=min(most, 16))
    assert kernels.write(fitting, NEON)
    assert not [text for text in problems(fitting, library.load("cortex-a76")) if "unroll" in text]
    beyond = replace(fitting, unroll=most + 1)
    assert any("unroll" in text for text in problems(beyond, library.load("cortex-a76")))
    if most < 16:
        with pytest.raises(ValueError, match="unroll"):
            kernels.write(beyond, NEON)


@pytest.mark.parametrize("name", ["cortex-a72", "cortex-a76"])
def test_compute_keeps_the_multipliers_busy(name: str) -> None:
    """LLVM's model of the core: the main loop reaches 98 % of its multiply-adds."""
    factors = library.load(name)
    params = defaults(factors)
    assert factors.mca
    text = NEON.assembly({"k": kernels.write(params, NEON)["compute"]})
    label = f".Lk.v{params.vectors}n{params.nr}w_loop:"
    loop = text[text.index(label) : text.index(f"{label[:-5]}few:")]
    options = ("-mtriple=aarch64", f"-mcpu={factors.mca}", "-iterations=100")
    report = debian13.run(debian13.LLVM, "lib/llvm-22/bin/llvm-mca", *options, stdin=loop)
    cycles = re.search(r"Total Cycles:\s+(\d+)", report)
    assert cycles
    flops = 100 * params.unroll * params.vectors * NEON.lanes * params.nr * 2
    assert flops / int(cycles[1]) >= 0.98 * factors.flops_per_cycle
