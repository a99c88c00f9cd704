from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.hardware import library
from tensorop_gen.run import EmulatedRunner, LocalRunner, Machine, Runner, find_emulator, find_runner
from tensorop_gen.run.probe import ask


@pytest.fixture
def _fresh() -> Iterator[None]:
    """What was found before is forgotten, and so is what this test finds."""
    find_emulator.cache_clear()
    yield
    find_emulator.cache_clear()


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _fresh: None) -> Path:
    """A folder that alone is searched for emulators."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tmp_path / "tools"))
    return tmp_path


def qemu(folder: Path, known: str, answer: int) -> str:
    """An emulator that knows one property name alone, and answers programs so."""
    path = folder / "qemu-riscv64"
    path.write_text(
        f'#!/bin/sh\ncase "$2" in *{known}*) exit {answer} ;; esac\n'
        "echo \"Property 'rv64-riscv-cpu.${2##*,}' not found\" >&2; exit 1\n"
    )
    path.chmod(0o755)
    return str(path)


def test_words_before_the_program() -> None:
    runner: Runner = EmulatedRunner(("qemu", "-cpu", "x"), timeout=3.0)
    assert runner.command(["program", "argument"]) == ["qemu", "-cpu", "x", "program", "argument"]
    assert (runner.kind, runner.timeout) == ("emulated", 3.0)


@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
def test_vector_registers_have_the_length_asked_for(vlen: int) -> None:
    words = find_emulator(Machine("riscv64", "rvv1.0", vlen)).words
    assert f"vlen={vlen}" in words[-1]
    assert "rvv_ta_all_1s=true" in words[-1]


def test_old_dialect_runs_in_the_old_emulator_only() -> None:
    old = find_emulator(Machine("riscv64", "rvv0.7.1", 128, elen=32)).words
    assert "vext_spec=v0.7.1" in old[-1]
    assert old[0] != find_emulator(Machine("riscv64", "rvv1.0")).words[0]


def test_other_spelling(fake: Path) -> None:
    program = qemu(fake, ",x-v=true", 2)
    assert find_emulator(Machine("riscv64", "rvv1.0", 128)).words[0] == program
    assert ",x-v=true" in find_emulator(Machine("riscv64", "rvv1.0", 128)).words[-1]


def test_wrong_vector_length_is_no_answer(fake: Path) -> None:
    qemu(fake, "v=true", 2)
    with pytest.raises(ToolMissing, match=r"RVV 1\.0 at VLEN 256; tried") as error:
        find_emulator(Machine("riscv64", "rvv1.0", 256))
    assert "vlen=256,elen=64: 2" in error.value.problem
    assert "QEMU 7.0 or later" in error.value.install


def test_no_emulator(fake: Path) -> None:
    assert not list(fake.iterdir())
    with pytest.raises(ToolMissing, match="no program qemu-aarch64-static or qemu-aarch64") as error:
        find_emulator(Machine("aarch64", cpu="cortex-a72"))
    assert "apt-get install qemu-user-static" in error.value.install
    with pytest.raises(ToolMissing, match=r"RVV 0\.7\.1 at VLEN 128") as error:
        find_emulator(Machine("riscv64", "rvv0.7.1"))
    assert "doctor --install" in error.value.install


@pytest.mark.usefixtures("_fresh")
def test_unknown_cpu() -> None:
    with pytest.raises(ToolMissing, match="unable to find CPU model 'cortex-z99'") as error:
        find_emulator(Machine("aarch64", cpu="cortex-z99"))
    assert error.value.install.endswith("qemu-user-static (a version that knows cortex-z99)")


def test_machine_like_a_target() -> None:
    assert Machine.like(library.load("cortex-a72")) == Machine("aarch64", cpu="cortex-a72")
    assert Machine.like(library.load("c906")) == Machine("riscv64", "rvv0.7.1", 128, elen=32)
    assert Machine.like(library.load("spacemit-k1")) == Machine("riscv64", "rvv1.0", 256)
    assert Machine.like(library.load("rv64gcv"), vlen=512).vlen == 512
    assert Machine.like(library.load("rv64gc")) == Machine("riscv64")


def test_runner_of_a_target() -> None:
    assert find_runner(library.load("x86-64-v3")) == LocalRunner()
    assert find_runner(library.load("cortex-a76")).kind == "emulated"
    renamed = library.load("cortex-a76").model_copy(update={"emulator": library.load("armv8-a").emulator})
    assert find_runner(renamed).command(["x"])[-1] == "x"


def test_program_that_a_signal_ends(tmp_path: Path) -> None:
    program = tmp_path / "p"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    assert ask([str(program)]) == "ended by signal 9"
    assert replace(EmulatedRunner(()), timeout=2.0).timeout == 2.0
