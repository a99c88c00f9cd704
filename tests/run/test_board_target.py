"""What a board says it is, against what its target's file says; and the whole way with a board."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tensorop_gen.build.store import tools_dir
from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import app
from tensorop_gen.hardware.board import agreed
from tensorop_gen.hardware.library import all_targets, load
from tensorop_gen.hardware.machine import Machine, read_told
from tensorop_gen.hardware.model import Cache, HardwareError
from tensorop_gen.hardware.probe import resolve
from tensorop_gen.measure.duel import Duel
from tensorop_gen.pipeline.board import target_on
from tensorop_gen.run import BoardError, BoardLost, find_emulator
from tensorop_gen.run import Machine as Emulated

from .sshd import Board

RVV = Emulated("riscv64", "rvv1.0", 128)
K1 = f"features v zvl128b zvl256b\ncore 0x710 {0x8000000058000001} 0\ncompatible spacemit,x60 riscv\n"
ADDRESS = "ssh://board"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Emulated], Board]]:
    """start(arch, emulated machine)."""
    boards: list[Board] = []
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tools_dir()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)

    def make(arch: str, machine: Emulated) -> Board:
        boards.append(Board(tmp_path / "board", tmp_path / "home", arch, find_emulator(machine).words))
        return boards[-1]

    yield make
    for board in boards:
        board.unplug()


def cache_files(root: Path, *sizes: str) -> None:
    for number, size in enumerate(sizes):
        folder = root / f"sys/devices/system/cpu/cpu0/cache/index{number}"
        folder.mkdir(parents=True)
        values = {"level": str(number + 1), "type": "Data" if number == 0 else "Unified", "size": size}
        values |= {"ways_of_associativity": "4", "coherency_line_size": "64", "shared_cpu_list": "0"}
        for name, value in values.items():
            (folder / name).write_text(f"{value}\n")


def core(told: str, root: Path = Path("/nonexistent")) -> Machine:
    return read_told(root, "riscv64", told)


def test_what_is_read_from_a_board(start: Callable[[str, Emulated], Board]) -> None:
    board = start("aarch64", Emulated("aarch64", cpu="cortex-a72"))
    cache_files(board.root, "48K", "2048K")
    (board.root / "sys/devices/system/cpu/cpu0/cpufreq").mkdir()
    (board.root / "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").write_text("1500000\n")
    (board.root / "sys/devices/system/cpu/online").write_text("0-3\n")
    notes: list[str] = []
    factors = target_on("host", board.address, notes.append)
    assert factors.name == "cortex-a72-host"
    assert factors.cores == 4
    assert factors.clock_ghz == 1.5
    assert factors.caches[0] == Cache(level=1, kind="data", bytes=48 << 10, ways=4, line=64)
    assert factors.sources["caches"] == "probed"
    assert notes == []


def test_a_board_whose_caches_are_not_those_of_the_file(start: Callable[[str, Emulated], Board]) -> None:
    board = start("aarch64", Emulated("aarch64", cpu="cortex-a72"))
    cache_files(board.root, "48K")
    with pytest.raises(HardwareError) as error:
        target_on("cortex-a72", board.address, print)
    said = str(error.value)
    assert "contradicts the file of cortex-a72" in said
    assert (
        "L1 data cache: 49152 bytes, 4-way, lines of 64 on the board, 32768 bytes, 2-way, lines of 64 in the file"
        in said
    )
    assert 'ask for "sgemm for this machine" there' in said


def test_a_board_of_another_architecture(start: Callable[[str, Emulated], Board]) -> None:
    board = start("aarch64", Emulated("aarch64"))
    with pytest.raises(HardwareError, match="spacemit-k1: aarch64 on the board, riscv64 in the file"):
        target_on("spacemit-k1", board.address, print)


def test_an_architecture_without_kernels(start: Callable[[str, Emulated], Board]) -> None:
    with pytest.raises(HardwareError, match=r"is armv7l; there are kernels for aarch64, riscv64, x86_64"):
        target_on("host", start("armv7l", Emulated("aarch64")).address, print)


def test_a_board_without_the_vectors(start: Callable[[str, Emulated], Board]) -> None:
    board = start("riscv64", RVV)
    with pytest.raises(HardwareError) as error:
        target_on("spacemit-k1", board.address, print)
    said = str(error.value)
    assert "instructions: v zvl128b on the board, zvl256b in the file" in said
    assert "vector registers: 128 bits on the board, 256 bits in the file" in said
    assert "vendor: none told on the board, 0x710 in the file" in said
    assert "no file describes this core (no vendor told); the kernels of rv64gcv run on every core" in said


def test_an_unknown_core_of_the_old_dialect(start: Callable[[str, Emulated], Board]) -> None:
    """Named as one that it is not: the way out is the target that every such core runs. Unnamed, that is taken."""
    board = start("riscv64", Emulated("riscv64", "rvv0.7.1", 128, elen=32))
    with pytest.raises(HardwareError) as error:
        target_on("c910", board.address, print)
    said = str(error.value)
    assert "device tree: none on the board, thead,c910, thead,c920 in the file" in said
    assert 'run on every core with its instructions: ask for "sgemm for c906" there' in said
    notes: list[str] = []
    assert target_on("host", board.address, notes.append).name == "c906"
    assert notes == ["no file describes this core (no vendor told); c906 fits every core with its instructions"]


def test_a_board_that_is_what_the_file_says() -> None:
    assert agreed(core(K1), load("spacemit-k1"), ADDRESS).name == "spacemit-k1"
    assert resolve(core(K1), all_targets()).name == "spacemit-k1"


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (K1.replace("0x710", "0x711"), "vendor: 0x711 on the board, 0x710 in the file"),
        (K1.replace(str(0x8000000058000001), "1"), "family: 0x1 on the board, 0x8000000058000001 in the file"),
        (K1.replace("zvl256b", "zvl256b zvl512b"), "vector registers: 512 bits on the board, 256 bits in the file"),
        (K1.replace("features v", "features"), "instructions: zvl128b zvl256b on the board, v in the file"),
    ],
)
def test_both_values_are_named(told: str, fault: str) -> None:
    with pytest.raises(HardwareError) as error:
        agreed(core(told), load("spacemit-k1"), ADDRESS)
    assert fault in str(error.value)


def test_an_answer_that_makes_no_sense() -> None:
    with pytest.raises(HardwareError, match=r"makes no sense: 'Segmentation fault"):
        core("Segmentation fault\n")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, with_command(list(words)))
    return done.exit_code, done.stdout + done.stderr


def test_from_a_sentence_to_a_library_proven_and_timed_on_a_board(
    start: Callable[[str, Emulated], Board], tmp_path: Path
) -> None:
    board = start("riscv64", RVV)
    out = tmp_path / "out"
    code, said = run("sgemm for rv64gcv", "--on", board.address, "--tune", "2t", "--shapes", "16^3", "--out", str(out))
    assert code == 0, said
    record = json.loads((out / "record/record.json").read_text())
    assert record["verification"]["kind"] == "measured"
    assert [one["kind"] for one in record["measurements"]] == ["measured"]
    assert (out / "lib/libtensorop.a").is_file()


def test_a_board_that_goes_in_the_middle_of_a_search(
    start: Callable[[str, Emulated], Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was tried is kept, and the same command goes on from there once the board is back."""
    board = start("riscv64", RVV)
    command = ["tune", "sgemm for rv64gcv", "--on", board.address, "--shapes", "16^3"]
    done = 0

    def until_the_third(*given: object, **named: object) -> object:
        nonlocal done
        done += 1
        if done == 3:
            board.unplug()
        return Duel(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("tensorop_gen.pipeline.trial.Duel", until_the_third)
        code, said = run(*command, "--seconds", "9t")
    assert code == 5, said
    assert "the same command goes on from there" in said
    kept = int(said.split(" trials are kept")[0].split()[-1])
    assert kept >= 1
    code, said = run(*command, "--seconds", "9t")
    assert (code, "refuses the connection" in said) == (1, True)


def test_errors_of_boards_end_in_words(start: Callable[[str, Emulated], Board]) -> None:
    board = start("riscv64", RVV)
    board.unplug()
    code, said = run("verify", "sgemm for rv64gcv", "--on", board.address)
    assert (code, said.startswith("error: board ssh://tester@127.0.0.1:")) == (1, True)
    assert run("sgemm for rv64gcv", "--on", "moon")[0] == 2
    assert issubclass(BoardLost, BoardError)
