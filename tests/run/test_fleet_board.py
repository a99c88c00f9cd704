"""A board by ssh in a fleet: an sshd on loopback whose programs run under QEMU, kept by a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tensorop_gen.build.store import tools_dir
from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import app
from tensorop_gen.run import Machine, find_emulator, fleet

from .cluster import Cluster
from .sshd import Board


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tools_dir()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    words = find_emulator(Machine("riscv64", "rvv1.0", 128)).words
    with Board(tmp_path / "board", tmp_path / "home", "riscv64", words) as board:
        yield board


def proved(cluster: Cluster) -> tuple[int, str]:
    case = ["--case", "run m=5 n=4 k=3 ldc=5 path=-1"]
    done = CliRunner().invoke(app, with_command(["verify", "sgemm for rv64gcv", "--on", cluster.on, *case]))
    return done.exit_code, done.stdout + done.stderr


def test_proves_on_a_board_until_that_is_lost(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "PATIENCE", 1.0)
    with Cluster() as cluster:
        worker = cluster.worker(board=board.address, target="rv64gcv")
        code, said = proved(cluster)
        assert code == 0, said
        assert any("candidate-" in command for command in board.commands)
        board.unplug()
        code, said = proved(cluster)
        assert code == 5, said
        assert "refuses the connection" in said
        assert "its worker leaves the fleet" in said
        assert worker.wait(30) == 5
