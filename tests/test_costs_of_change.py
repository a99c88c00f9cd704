"""What CONTRIBUTING promises that a new CPU costs: one file, and nothing else."""

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

from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware.library import load
from tensorop_gen.run import Machine, find_emulator
from tensorop_gen.source import source_root

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
