"""What CONTRIBUTING promises that a change costs: a new CPU one file, a new instruction set a module and its rows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.build.flags import ASM_PROBE
from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.model import HardwareError
from tensorop_gen.isa import target
from tensorop_gen.request.model import Request
from tensorop_gen.run import Machine, find_emulator, find_runner
from tensorop_gen.source import source_root
from tensorop_gen.verify import verify

from .toy_isa import TOY

NAME = "sifive-x280"
DRIVER = Path(__file__).parent / "emit" / "amalgamation.c"
RESULTS = 8 * 6**3  # that it checks
VENDOR = Path(__file__).parent / "emulated" / "told_vendor.c"


def shown() -> str:
    """The file that CONTRIBUTING shows."""
    text = (source_root() / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^ *```yaml\n( *# {NAME}\.yaml\n.*?)^ *```", text, re.M | re.S)
    return textwrap.dedent(block)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of one sentence, with that file in a folder of its own."""
    folder = tmp_path_factory.mktemp("cpu")
    (folder / f"{NAME}.yaml").write_text(shown())
    environment = os.environ | {
        "TENSOROP_TARGET_PATH": str(folder),
        "TENSOROP_CACHE_DIR": str(folder / "cache"),
        "PYTHONPATH": str(source_root() / "python"),
    }
    words = [sys.executable, "-m", "tensorop_gen", "sgemm for SiFive X280", "--tune", "off", "--json"]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cases"] > 1000
    return folder / f"tensorop-{NAME}"


def test_the_cpu_is_not_there_without_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not list((source_root() / "python/tensorop_gen/hardware/targets").glob(f"{NAME}*"))
    (tmp_path / f"{NAME}.yaml").write_text(shown())
    monkeypatch.setenv("TENSOROP_TARGET_PATH", str(tmp_path))
    assert load(NAME).vector_bits == 512
    assert yaml.safe_load(shown())["sources"].keys() == {"brief", "jedec"}


def test_its_kernels_are_proven_at_its_vector_length(made: Path) -> None:
    record = json.loads((made / "record/record.json").read_text())
    factors = json.loads((made / "record/hardware.json").read_text())
    assert (factors["vector_bits"], record["verification"]["kind"]) == (512, "emulated")
    assert record["verification"]["passed"]
    assert record["verification"]["cases"] > 1000


@pytest.fixture(scope="module")
def program(made: Path) -> Path:
    """Checks its library; told the vendor of its CPU, which QEMU does not tell."""
    toolchain = find_toolchain("riscv64-linux-gnu")
    folders = ("include", "include/tensorop", "src/runtime")
    words = [*(f"-I{made / folder}" for folder in folders), str(DRIVER), str(VENDOR), f"{made}/lib/libtensorop.a"]
    words += ["-Wl,--wrap=tensorop_cpu_detect", "-pthread", "-lm", "-o", str(made / "driver")]
    done = toolchain.run([*toolchain.link_flags, "-O1", *words])
    assert done.returncode == 0, done.stderr
    return made / "driver"


@pytest.mark.parametrize(
    ("vendor", "vlen", "chosen"),
    [("0x489", 512, NAME), ("0x489", 1024, NAME), ("0x489", 256, "generic"), ("0x710", 512, "generic")],
)
def test_its_library_finds_it_and_computes(program: Path, vendor: str, vlen: int, chosen: str) -> None:
    """By the file's own detection: that vendor's cores, with registers of its length at least."""
    run = subprocess.run(
        find_emulator(Machine("riscv64", "rvv1.0", vlen)).command([str(program)]),
        env=os.environ | {"TOLD_VENDOR": vendor}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (run.stdout, run.stderr) == (f"{RESULTS} {chosen}\n", "")


TOY_CPU = """
schema: 1
name: toy-cpu
title: a CPU of the toy instruction set
triple: riscv64-linux-gnu
isa: toy
vectors: {bits: 32, registers: 32, flops_per_cycle: 1, source: assumed}
caches: [{level: 1, kind: data, bytes: 16384, ways: 4, line: 64, source: assumed}]
cores: {value: 1, source: assumed}
detect: {source: assumed}
"""


def test_an_instruction_set_is_a_module_and_two_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The module is toy_isa.py; the rows are in isa/target.py and build/flags.py. Its architecture has a trampoline."""
    (tmp_path / "toy-cpu.yaml").write_text(TOY_CPU)
    monkeypatch.setenv("TENSOROP_TARGET_PATH", str(tmp_path))
    with pytest.raises(HardwareError, match=r"isa: .*'toy' is none of"):
        load("toy-cpu")
    monkeypatch.setitem(target._ALL, "toy", TOY)
    monkeypatch.setitem(ASM_PROBE, "toy", ("fmul.s ft0, ft1, ft2",))
    factors = load("toy-cpu")
    toolchain = find_toolchain(factors.triple)
    toolchain.require(factors.isa)
    candidate = BuiltinAuthor().write(Request("sgemm"), factors)
    assert set(re.findall(r"tensorop_f32_gemm_(\w+)_\d+x\d+__toy_", candidate.files["kernels.S"])) == set(TOY.roles)
    found = verify(build(candidate, toolchain, tmp_path), find_runner(factors), "smoke")
    assert found.failure is None
    assert found.cases > 1000
