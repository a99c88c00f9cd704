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


def test_its_library_computes(made: Path) -> None:
    toolchain = find_toolchain("riscv64-linux-gnu")
    program = made / "driver"
    words = [str(DRIVER), f"-I{made}/include/tensorop", f"-I{made}/include", f"{made}/lib/libtensorop.a"]
    done = toolchain.run([*toolchain.link_flags, "-O1", *words, "-pthread", "-lm", "-o", str(program)])
    assert done.returncode == 0, done.stderr
    run = subprocess.run(
        find_emulator(Machine("riscv64", "rvv1.0", 512)).command([str(program)]),
        env=os.environ | {"TENSOROP_CORETYPE": NAME}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    # QEMU 7.2 tells no vendor: the file's own detection does not hold there, and the name is not accepted.
    assert re.fullmatch(r"\d+ (?:sifive-x280|generic)\n", run.stdout), run.stdout
