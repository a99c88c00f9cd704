"""What CONTRIBUTING promises that an operator costs: a folder in operators/, one in kernels/, a header. The one that is
not there is sdot (toy_operator/); it goes the whole way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tensorop_gen import operators
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import build, find_toolchain
from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.probe import runs
from tensorop_gen.measure.candidate import measure
from tensorop_gen.measure.nominal import NominalPeak
from tensorop_gen.request.model import Request, RequestError
from tensorop_gen.request.parse import parse
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.run import LocalRunner, Machine, find_emulator
from tensorop_gen.source import OPERATOR_PATH, source_root
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Point

TOY = Path(__file__).parent / "toy_operator"
X86, ARM = "x86-64-v3", "armv8-a"


def cli(folder: Path, *words: str, toy: Path = TOY) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        OPERATOR_PATH: str(toy),
        "TENSOROP_CACHE_DIR": str(folder / "cache"),
        "PYTHONPATH": str(source_root() / "python"),
    }
    command = [sys.executable, "-m", "tensorop_gen", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The x86 library."""
    folder = tmp_path_factory.mktemp("x86")
    done = cli(folder, f"sdot for {X86}", "--tune", "off", "--out", "out")
    assert done.returncode == 0, done.stderr
    return folder


def test_it_is_not_there_without_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequestError, match="no operator or data type is called"):
        parse("sdot for this machine")
    monkeypatch.setenv(OPERATOR_PATH, str(TOY))
    assert (parse("sdot for this machine").operator, operators.names()) == ("dot", ("dot", "gemm"))
    assert operators.find("dot").name == "dot"
    with pytest.raises(RequestError, match="ready: dot f32, gemm f32"):
        parse("conv2d")


@pytest.mark.parametrize("forced", [X86, "generic"])
def test_its_library_computes(made: Path, forced: str) -> None:
    """Whatever target is chosen, it is there: portable where no other is."""
    include = made / "out/include"
    words = [f"-I{include}", f"-I{include}/tensorop", str(TOY / "driver.c"), str(made / "out/lib/libtensorop.a")]
    program = linked(load(X86).triple, [*words, "-pthread"], made / forced)
    assert runs(load(X86)), "no x86 with AVX2: prove it on one"
    assert output([str(program)], {"TENSOROP_CORETYPE": forced}) == f"128 of 128 by {forced}\n"


def test_the_shared_library_has_its_entry_point_and_the_others(made: Path) -> None:
    names = output(["nm", "-D", "--defined-only", str(made / "out/lib/libtensorop.so")])
    assert {"cblas_sdot", "cblas_sgemm", "sgemm_"} <= set(names.split())


def test_its_record_is_found_and_proven_again(made: Path) -> None:
    done = cli(made, f"sdot for {X86}", "--tune", "off", "--emit", "amalgamation", "--out", "three")
    assert done.returncode == 0, done.stderr
    assert "as recorded" in done.stderr
    assert "proven already" in done.stderr
    sources = [str(made / "three" / name) for name in ("tensorop.c", "tensorop_kernels.S")]
    words = [f"-I{made / 'three'}", str(TOY / "driver.c"), *sources, "-pthread"]
    program = linked(load(X86).triple, words, made / "three/driver")
    assert output([str(program)], {"TENSOROP_CORETYPE": X86}) == f"128 of 128 by {X86}\n"
    again = cli(made, "verify", "out")
    assert again.returncode == 0, again.stderr
    assert re.match(r"\d{3,} cases passed", again.stdout)
    record = json.loads((made / "out/record/record.json").read_text())
    assert record["verification"]["counts"].keys() == {"dot", "run dot"}


def test_an_emulated_target_is_proven_and_computes(tmp_path: Path) -> None:
    done = cli(tmp_path, f"sdot for {ARM}", "--tune", "off", "--out", "out")
    assert done.returncode == 0, done.stderr
    include = tmp_path / "out/include"
    words = [f"-I{include}", f"-I{include}/tensorop", str(TOY / "driver.c"), str(tmp_path / "out/lib/libtensorop.a")]
    program = linked(load(ARM).triple, [*words, "-pthread"], tmp_path / "driver")
    command = find_emulator(Machine("aarch64")).command([str(program)])
    assert output(command) == f"128 of 128 by {ARM}\n"


def test_a_planted_bug_is_found(tmp_path: Path) -> None:
    """The last element of a copied block is left out."""
    shutil.copytree(TOY, tmp_path / "toy")
    sketch = tmp_path / "toy/kernels/dot/sketch.c.j2"
    right = sketch.read_text()
    sketch.write_text(right.replace("kernels.dot(count,", "kernels.dot(count - (count == BLOCK),"))
    assert sketch.read_text() != right
    done = cli(tmp_path, f"sdot for {X86}", "--tune", "off", "--out", "out", toy=tmp_path / "toy")
    assert done.returncode == 4
    assert "verify failed" in done.stderr
    assert f"tensorop-gen verify 'sdot for {X86}'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_its_own_parameters_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OPERATOR_PATH, str(TOY))
    dot = operators.find("dot")
    space = ActionSpace(dot, load(X86))
    start = Point(dot.defaults(load(X86)))
    found = {action.name: action.point for action in space(start)}
    assert set(found) == {"block=256", "block=512", "block=2048", "block=4096"}
    assert space.judged(start, found["block=512"]) == [parse_shapes("1x4096x1, 1x100000x1")]


def test_it_is_timed_on_its_own_shapes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(OPERATOR_PATH, str(TOY))
    factors, dot = load(X86), operators.find("dot")
    candidate = BuiltinAuthor().write(Request("", "dot"), factors)
    built = build(candidate, find_toolchain(factors.triple), tmp_path)
    found = measure(built, LocalRunner(), dot.space.shapes("gaps"), 1, peak=NominalPeak.of(factors))
    assert [str(one.shape) for one in found] == ["1x4096x1", "1x100000x1"]
    assert all(0 < one.after < 16 and one.gflops > 0 for one in found)


def test_shapes_that_are_none_of_its_own_are_refused(tmp_path: Path) -> None:
    done = cli(tmp_path, f"sdot for {X86} 64x64x64", "--tune", "off")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "error: 64x64x64 (m x k x n) is no shape of dot"


def test_gpus_are_for_gemm(tmp_path: Path) -> None:
    done = cli(tmp_path, "sdot for a100")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "error: dot is generated for CPUs only, a100 is none"


def test_what_has_no_kernels_for_it_is_named(tmp_path: Path) -> None:
    done = cli(tmp_path, "sdot for rv64gc", "--tune", "off")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "error: dot cannot be written for rv64gc: rv64 has no DOT",
    )
    done = cli(tmp_path, "model", f"sdot for {X86}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "error: only gemm is modelled, dot is not"


def test_a_library_of_all_operators_has_each_where_it_has_kernels(tmp_path: Path) -> None:
    """rv64 has none for sdot: its row has the portable C."""
    done = cli(tmp_path, "sources", "--targets", "rv64gc,rv64gcv", "--list")
    assert done.returncode == 0, done.stderr
    names = {name for name in re.findall(r"\[==\[(\S+)\]==\]", done.stdout) if name.endswith(".c")}
    assert {"dot/sdot.c", "rv64gc/instance.c", "rv64gcv/instance.c", "rv64gcv/dot/instance.c"} <= names
    assert "rv64gc/dot/instance.c" not in names


def linked(triple: str, words: list[str], program: Path) -> Path:
    toolchain = find_toolchain(triple)
    done = toolchain.run([*toolchain.link_flags, "-O1", *words, "-lm", "-o", str(program)])
    assert done.returncode == 0, done.stderr
    return program


def output(command: list[str], environment: dict[str, str] | None = None) -> str:
    run = subprocess.run(
        command, env=os.environ | (environment or {}), capture_output=True, text=True, timeout=300, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout
