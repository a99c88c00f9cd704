"""The main job as a user runs it: nothing is replaced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tensorop_gen
from tensorop_gen.hardware.probe import probe


def tensorop_gen_(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(Path(tensorop_gen.__file__).parents[1])}
    words = [sys.executable, "-m", "tensorop_gen", *arguments]
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the main job was done."""
    folder = tmp_path_factory.mktemp("made")
    done = tensorop_gen_(folder, "sgemm for this machine 64x64x64", "--tune", "1t", "--json", "--cache", "cache")
    assert done.returncode == 0, done.stderr
    (folder / "summary.json").write_text(done.stdout)
    return folder


def test_a_sentence_becomes_a_library(made: Path) -> None:
    out = made / f"tensorop-{probe().name}"
    for name in ("lib/libtensorop.so", "lib/libtensorop.a", "include/tensorop/cblas.h", "record/record.json"):
        assert (out / name).is_file()
    summary = json.loads((made / "summary.json").read_text())
    assert summary["cases"] > 1000
    assert summary["trials"] == 1
    assert {row["shape"]["m"] for row in summary["measurements"]} == {64}
    assert all(row["gflops"] > 0 and max(row["before"], row["after"]) < 16 for row in summary["measurements"])


def test_its_user_can_prove_it_again(made: Path) -> None:
    out = f"tensorop-{probe().name}"
    done = tensorop_gen_(made, "verify", out, "--level", "smoke")
    assert done.returncode == 0, done.stderr
    kernels = made / out / "src" / probe().name / "kernels.S"
    text = kernels.read_text()
    kernels.write_text(text.replace("vfmadd231ps", "vfnmadd231ps"))
    done = tensorop_gen_(made, "verify", out, "--level", "smoke")
    kernels.write_text(text)
    assert done.returncode == 4
    case = done.stdout.splitlines()[-1]
    assert case.startswith(f"tensorop-gen verify {out} --case ")
