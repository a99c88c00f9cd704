"""The RISC-V emitters: programs assemble, stay inside their registers and their dialect, and keep the ABI's rules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.isa import debian13

from tensorop_gen.build import find_toolchain
from tensorop_gen.isa.driver import tile_kernel
from tensorop_gen.isa.kernel import PackKernel, TileKernel
from tensorop_gen.isa.program import Mem, Program
from tensorop_gen.isa.rv64 import RV64
from tensorop_gen.isa.rv64.text import line
from tensorop_gen.isa.rvv import RVV, RVV071
from tensorop_gen.isa.rvv.encode import word
from tensorop_gen.isa.target import Isa, find
from tensorop_gen.operators.gemm import kernels
from tensorop_gen.operators.gemm.params import GemmParams

TRIPLE = "riscv64-linux-gnu"
GOLDEN = Path(__file__).parents[1] / "golden"
_BASE = GemmParams(1, 14, 4, 256, 128, 4088, (14, 7, 4), prefetch_c=0, direct_prefetch_c=0, group=2, ahead=True)
VARIANTS = {
    "rvv": _BASE,
    "rvv_by_two": GemmParams.from_dict(_BASE.to_dict() | {"vectors": 2, "nr": 6, "unroll": 2, "mc": 96}),
    "rvv_products_24": GemmParams.from_dict(_BASE.to_dict() | {"stream_products": 24}),
    "rvv071": GemmParams(1, 7, 4, 368, 80, 4095, (7, 3), prefetch_c=0, direct_prefetch_c=0, group=4),
    "rvv071_splat": GemmParams(4, 6, 4, 368, 80, 4092, (14, 12, 9, 6), prefetch_c=0, direct_prefetch_c=0, splat=True),
    "rv64": GemmParams(4, 4, 4, 368, 80, 4092, (8, 6, 5, 4), prefetch_c=0, direct_prefetch_c=0),
}
SAVED = {f"{bank}{i}" for bank in ("s", "fs") for i in range(12)}


def programs(variant: str) -> tuple[Isa, dict[str, Program]]:
    isa = find(variant.split("_")[0])
    return isa, {str(role): p for role, p in kernels.write(VARIANTS[variant], isa).items()}


def assembled(variant: str, folder: Path) -> Path:
    isa, found = programs(variant)
    source, obj = folder / "k.S", folder / "k.o"
    source.write_text(isa.assembly(found))
    toolchain = find_toolchain(TRIPLE)
    done = toolchain.run([*toolchain.asm_flags, "-c", str(source), "-o", str(obj)])
    assert done.returncode == 0, done.stderr
    return obj


def readelf(option: str, obj: Path) -> str:
    return subprocess.run(["readelf", option, str(obj)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("variant", VARIANTS)
def test_objects_are_marked_for_the_baseline(variant: str, tmp_path: Path) -> None:
    """Neither executable stack nor an extension that a linker would spread to the whole library."""
    obj = assembled(variant, tmp_path)
    assert ".note.GNU-stack" in readelf("-SW", obj)
    arch = re.search(r'Tag_RISCV_arch: "(\w+)"', readelf("-A", obj))
    assert arch
    assert not re.search(r"_z?v|zfh|xthead", arch[1])


@pytest.mark.parametrize("variant", VARIANTS)
def test_symbols_are_hidden_functions_with_sizes(variant: str, tmp_path: Path) -> None:
    rows = [row.split() for row in readelf("-sW", assembled(variant, tmp_path)).splitlines() if "FUNC" in row]
    assert {row[7] for row in rows} == set(programs(variant)[1])
    assert all(row[5] == "HIDDEN" and int(row[2], 0) > 0 for row in rows)


@pytest.mark.parametrize("variant", VARIANTS)
def test_callee_saved_registers_are_saved_where_written(variant: str) -> None:
    for role, program in programs(variant)[1].items():
        stack = [i for i in program.insns if i.kind == "stack"]
        stored = [i.operands[0] for i in stack if i.mnemonic in ("sd", "fsd")]
        loaded = [i.operands[0] for i in stack if i.mnemonic in ("ld", "fld")]
        written = {r for i in program.insns if i.kind != "stack" for r in i.writes}
        assert written & SAVED <= set(stored), role
        assert stored == loaded
        assert not written & {"gp", "tp", "ra", "sp"}


def test_some_kernels_save_registers() -> None:
    saved = {v: any(i.mnemonic in ("sd", "fsd") for p in programs(v)[1].values() for i in p.insns) for v in VARIANTS}
    assert all(saved.values()), saved


@pytest.mark.parametrize("variant", VARIANTS)
def test_inputs_are_only_read_and_every_access_names_its_buffer(variant: str) -> None:
    count = 0
    for program in programs(variant)[1].values():
        written = {o for i in program.insns for o in i.writes if o.startswith("mem:")}
        assert written <= {"mem:c", "mem:panel", "mem:stack"}
        for insn in program.insns:
            addresses = [o for o in insn.operands if isinstance(o, Mem)]
            assert all(o.space for o in addresses), insn
            assert all(-2048 <= o.disp <= 2047 for o in addresses), insn
            count += len(addresses)
    assert count > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_registers_exist(variant: str) -> None:
    for program in programs(variant)[1].values():
        used = {r for i in program.insns for r in i.reads | i.writes}
        assert all(int(r[1:]) < 32 for r in used if re.fullmatch(r"v\d+", r))


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v != "rv64"])
def test_vl_stays_while_sums_are_live(variant: str) -> None:
    """RVV 0.7.1 zeroes what is past vl: no loop over k of COMPUTE or DIRECT sets it."""
    loops = 0
    for role, program in programs(variant)[1].items():
        if role not in ("compute", "direct_n", "direct_t"):
            continue
        for block in program.blocks:
            if block.label.endswith("loop"):
                assert all(i.mnemonic != "vsetvli" for i in block.insns)
                loops += 1
    assert loops > 0


@pytest.mark.parametrize("variant", ["rvv071", "rvv071_splat"])
def test_words_are_what_binutils_takes_them_for(variant: str, tmp_path: Path) -> None:
    """Each distinct instruction of RVV 0.7.1, disassembled by somebody else."""
    insns = {line(i): w for p in programs(variant)[1].values() for i in p.insns if (w := word(i)) is not None}
    obj = debian13.assemble(
        "".join(f".insn 4, {w:#x}\n" for w in insns.values()), tmp_path, march="rv64gc_xtheadvector"
    )
    shown = debian13.run(debian13.BINUTILS, "bin/riscv64-linux-gnu-objdump", "-d", str(obj))
    rows = [row.split("\t")[2:] for row in shown.splitlines() if re.match(r"\s+[0-9a-f]+:\t", row)]
    assert [" ".join(row).strip() for row in rows] == [_thead(text) for text in insns]
    assert len(insns) > 100


def _thead(text: str) -> str:
    """RVV 1.0's text as binutils writes the same for XTheadVector."""
    mnemonic, operands = text.split("\t")
    operands = operands.replace(", ta", "").replace(", tu", "").replace(", ma", ", d1").replace(" ", "")
    for new, old in (("vfredusum", "vfredsum"), ("e32.v", "e.v")):
        mnemonic = mnemonic.replace(new, old)
    return f"th.{mnemonic} {operands}"


def test_vector_instructions_are_those_of_both_dialects() -> None:
    """What the text of RVV 1.0 holds can be said in 0.7.1 as well."""
    for variant in ("rvv", "rvv_by_two", "rvv_products_24"):
        for program in programs(variant)[1].values():
            for insn in program.insns:
                assert (word(insn) is not None) == insn.mnemonic.startswith("v"), insn


@pytest.mark.parametrize("role", ["compute", "direct_t"])
def test_k1_keeps_its_multipliers_busy(role: str) -> None:
    """LLVM's model of X60 at VLEN 256, 16 flop a cycle at most: COMPUTE's loop reaches 93 % of that."""
    kernel = TileKernel(role, (14,), unroll=8, nr=14, group=2, ahead=True)  # type: ignore[arg-type]
    loop = next(b for b in tile_kernel(RVV.tile, kernel).blocks if b.label == "v1n14w_loop")
    text = "\n".join(["vsetvli a6, a6, e32, m2, ta, ma", ".Lk.v1n14w_loop:", *(line(i, "k") for i in loop.insns)])
    options = ("-mtriple=riscv64", "-mcpu=spacemit-x60", "-mattr=+v", "-iterations=100")
    report = debian13.run(debian13.LLVM, "lib/llvm-22/bin/llvm-mca", *options, stdin=text)
    cycles = re.search(r"Total Cycles:\s+(\d+)", report)
    assert cycles
    flops = 100 * 8 * 14 * 16 * 2
    assert flops / int(cycles[1]) >= 0.93 * 16


@pytest.mark.parametrize(
    ("isa", "kernel", "message"),
    [
        (RVV, TileKernel("compute", (8,), nr=8, group=4), "do not fit 8 groups"),
        (RVV, TileKernel("compute", (7,), nr=7, group=4, splat=True), "do not fit 8 groups"),
        (RVV, TileKernel("compute", (14,), 64, nr=14), "farther than an address reaches"),
        (RVV, TileKernel("compute", (4,), nr=4, prefetch_c=16), "no prefetch"),
        (RV64, TileKernel("compute", (4,) * 8, mr=8, nr=4), "do not fit 32 registers"),
        (RV64, TileKernel("compute", (4,) * 4, 64, mr=4, nr=16), "farther than an address reaches"),
    ],
)
def test_what_cannot_be_is_refused(isa: Isa, kernel: TileKernel, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tile_kernel(isa.tile, kernel)


def test_panels_wider_than_a_group_are_refused() -> None:
    with pytest.raises(ValueError, match="wider than a group"):
        RVV071.pack(PackKernel(0, vectors=3, group=4))
    with pytest.raises(ValueError, match="wider than 20 registers"):
        RV64.pack(PackKernel(21))


@pytest.mark.parametrize("isa", [RVV, RVV071, RV64], ids=lambda isa: isa.name)
def test_golden(isa: Isa, request: pytest.FixtureRequest) -> None:
    """`pytest --update-golden` rewrites the files."""
    kernel = TileKernel("compute", (2,), unroll=2, mr=1, nr=2, group=2, ahead=True)
    text = isa.assembly({"compute": tile_kernel(isa.tile, kernel)})
    path = GOLDEN / f"compute_1vx2_{isa.name}.S"
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert text == path.read_text()


def test_an_instruction_list_prints_the_same_every_time() -> None:
    isa, found = programs("rvv071")
    assert isa.assembly(found) == isa.assembly(programs("rvv071")[1])
