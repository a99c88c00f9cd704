"""The x86 emitter: every program assembles, stays inside its registers, and keeps the ABI's registers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tensorop_gen.isa.program import Mem, Program
from tensorop_gen.isa.target import Isa, find
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import GemmParams

SMALL = {
    "avx512": GemmParams(3, 8, 4, 256, 480, 4096, (16, 14, 9, 6), 512, 256, stream_products=24, dot_products=16),
    "avx2": GemmParams(2, 6, 4, 256, 96, 4092, (12, 6, 3), stream_products=8),
}
TILES = {"avx512": [(1, 16), (2, 14), (3, 9), (4, 6)], "avx2": [(1, 12), (2, 6), (3, 4)]}


def programs(name: str) -> tuple[Isa, dict[str, Program]]:
    isa = find(name)
    return isa, {str(role): program for role, program in kernels.write(SMALL[name], isa).items()}


@pytest.mark.parametrize("name", SMALL)
def test_assembles_without_writable_or_relocated_code(name: str, tmp_path: Path) -> None:
    isa, found = programs(name)
    source, obj = tmp_path / "k.S", tmp_path / "k.o"
    source.write_text(isa.assembly(found))
    subprocess.run(["cc", "-c", str(source), "-o", str(obj)], check=True)
    headers = subprocess.run(["readelf", "-SrWn", str(obj)], check=True, capture_output=True, text=True).stdout
    assert ".note.GNU-stack" in headers
    assert "IBT" in headers
    assert "SHSTK" in headers
    assert ".rela.text" not in headers


@pytest.mark.parametrize("name", SMALL)
def test_symbols_are_hidden_functions_with_sizes(name: str, tmp_path: Path) -> None:
    isa, found = programs(name)
    source, obj = tmp_path / "k.S", tmp_path / "k.o"
    source.write_text(isa.assembly(found))
    subprocess.run(["cc", "-c", str(source), "-o", str(obj)], check=True)
    table = subprocess.run(["readelf", "-sW", str(obj)], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in table.splitlines() if "FUNC" in line]
    assert {row[7] for row in rows} == set(found)
    assert all(row[5] == "HIDDEN" and int(row[2], 0) > 0 for row in rows)


@pytest.mark.parametrize(("name", "tile"), [(n, t) for n, ts in TILES.items() for t in ts])
def test_registers_exist(name: str, tile: tuple[int, int]) -> None:
    isa = find(name)
    params = GemmParams.from_dict(SMALL[name].to_dict() | {"vectors": tile[0], "nr": tile[1]})
    last = 31 if name == "avx512" else 15
    count = 0
    for program in kernels.write(params, isa).values():
        for insn in program.insns:
            used = [int(r[3:]) for r in insn.reads | insn.writes if re.fullmatch(r"zmm\d+", r)]
            assert all(number <= last for number in used)
            count += len(used)
    assert count > 0


@pytest.mark.parametrize("name", SMALL)
def test_callee_saved_registers_are_saved_where_written(name: str) -> None:
    saved = {"rbx", "rbp", "r12", "r13", "r14", "r15"}
    written_somewhere = False
    for program in programs(name)[1].values():
        written = {r for i in program.insns if i.mnemonic != "popq" for r in i.writes} & saved
        pushed = [i.operands[0] for i in program.insns if i.mnemonic == "pushq"]
        popped = [i.operands[0] for i in program.insns if i.mnemonic == "popq"]
        assert written <= set(pushed)
        assert pushed == popped[::-1]
        written_somewhere |= bool(written)
    assert written_somewhere


@pytest.mark.parametrize("name", SMALL)
def test_inputs_are_only_read(name: str) -> None:
    for program in programs(name)[1].values():
        written = {o for i in program.insns for o in i.writes if o.startswith("mem:")}
        assert written <= {"mem:c", "mem:panel", "mem:stack"}


@pytest.mark.parametrize("name", SMALL)
def test_every_access_names_its_buffer(name: str) -> None:
    """An access without a name would be taken as independent of all others."""
    for program in programs(name)[1].values():
        for insn in program.insns:
            if insn.kind in ("load", "store", "broadcast"):
                assert all(o.space for o in insn.operands if isinstance(o, Mem)), insn


def test_an_instruction_list_prints_the_same_every_time() -> None:
    isa, found = programs("avx512")
    assert isa.assembly(found) == isa.assembly(programs("avx512")[1])
