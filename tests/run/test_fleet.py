"""Fleets: what is sent is done on some board that has the target, one thing at a time, whoever is lost meanwhile."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import dask
import pytest

import tensorop_gen
from tensorop_gen.build import ToolMissing
from tensorop_gen.build.candidate import Built
from tensorop_gen.build.harness import Harness
from tensorop_gen.run import BoardError, FleetLost, LocalRunner, PoisonError, call_at, fleet
from tensorop_gen.run.fleet import open_fleet
from tensorop_gen.run.parcel import packed, unpacked
from tensorop_gen.run.scheduler import scheduler_address
from tensorop_gen.verify import CandidateFailed, CaseError, Failure

from . import errands
from .cluster import TARGET, Cluster, Process


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), Cluster() as cluster:
        yield cluster


@pytest.fixture
def told() -> list[str]:
    return []


def test_what_is_sent_is_spread_and_one_at_a_time_on_a_board(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    workers, log = cluster.workers_of(2), tmp_path / "log"
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        assert boards.look() == 2
        sent = [boards.send(errands.whose, log, 0.3) for _ in range(6)]
        owners = [boards.result(boards.first([one])) for one in sent]
    assert set(owners) == {worker.pid for worker in workers}
    for worker in workers:
        steps = [line.split()[1] for line in log.read_text().splitlines() if line.startswith(f"{worker.pid} ")]
        assert steps == ["begins", "ends"] * owners.count(worker.pid)
    assert told == []


def test_what_a_killed_worker_had_is_done_by_another(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    workers = cluster.workers_of(2)
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        assert boards.look() == 2
        survivor = boards.call(errands.dies, tmp_path / "mark", False)
        assert boards.look() == 1
    assert [worker.pid for worker in workers if worker.poll() is None] == [survivor]
    assert len(told) == 1
    assert "is gone; what it had to do goes to another" in told[0]


def test_what_kills_one_worker_after_the_other_is_given_up(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    cluster.workers_of(3)
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        with pytest.raises(PoisonError, match="one worker after the other was lost"):
            boards.call(errands.dies, tmp_path / "mark", True)
        assert boards.call(errands.kind) == "measured"


def test_a_worker_whose_board_is_lost_leaves(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    workers = cluster.workers_of(2)
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        survivor = boards.call(errands.loses_its_board, tmp_path / "mark")
    assert told[0] == "the connection broke; its worker leaves the fleet"
    (left,) = [worker for worker in workers if worker.pid != survivor]
    assert left.wait(30) == 5
    assert left.stderr
    assert "error: the connection broke" in left.stderr.read()


def test_what_cannot_be_done_is_told_and_the_worker_stays(cluster: Cluster, told: list[str]) -> None:
    cluster.worker()
    failure = CandidateFailed(Failure(kind="element", text="C(0,0) is 1", case="run m=1"))
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        with pytest.raises(BoardError, match="cannot be started there"):
            boards.call(errands.cannot_start)
        with pytest.raises(CandidateFailed, match=r"element: C\(0,0\) is 1 \(case: run m=1\)"):
            boards.call(errands.fails, failure)
        with pytest.raises(CaseError, match="'x' is not a case: why"):
            boards.call(errands.fails, CaseError("x", "why"))
        with pytest.raises(FileNotFoundError, match="a file of the host"):
            boards.call(errands.fails, FileNotFoundError("a file of the host"))
        assert boards.call(errands.kind) == "measured"


def test_nobody_has_the_target(cluster: Cluster, told: list[str]) -> None:
    way_out = f"tensorop-gen fleet worker {cluster.address} --on ssh://user@board --target spacemit-k1"
    with pytest.raises(BoardError, match="has no worker for spacemit-k1: there is nothing") as error:
        open_fleet(cluster.on, "spacemit-k1", told.append).__enter__()
    assert way_out in str(error.value)
    cluster.worker()
    with pytest.raises(BoardError, match=f"has no worker for spacemit-k1: there is {TARGET}\n"):
        open_fleet(cluster.on, "spacemit-k1", told.append).__enter__()


def test_a_worker_of_another_release_is_sent_nothing(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    cluster.worker(host="old", release="0.0.1")
    with pytest.raises(BoardError, match=f"has no worker for {TARGET}: none of this release"):
        open_fleet(cluster.on, TARGET, told.append).__enter__()
    said = f"the worker local of old has tensorop-gen 0.0.1 and is sent nothing: this is {tensorop_gen.__version__}"
    assert said in told[0]
    new = cluster.worker()
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        assert [boards.call(errands.whose, tmp_path / "log", 0.0) for _ in range(3)] == [new.pid] * 3


def test_one_worker_a_board(cluster: Cluster) -> None:
    cluster.worker(host="this")
    other = cluster.start(host="this")
    assert ended(other) == (1, "error: local of this is kept by another worker already\n")


def test_no_worker_is_left(cluster: Cluster, told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fleet, "PATIENCE", 0.5)
    worker = cluster.worker()
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        assert boards.look() == 1
        sent = boards.send(errands.whose, tmp_path / "log", 60.0)
        worker.kill()
        with pytest.raises(FleetLost, match=f"has had no worker for {TARGET}"):
            boards.first([sent])


def test_the_scheduler_goes(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    worker = cluster.worker()
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        sent = boards.send(errands.whose, tmp_path / "log", 60.0)
        cluster.stop_scheduler()
        with pytest.raises(FleetLost, match=r"Dask scheduler at .* is there no more"):
            boards.result(boards.first([sent]))
    worker.kill()


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "CONNECT_SECONDS", 1.0)
    with pytest.raises(BoardError, match=r"(?s)no Dask scheduler answers at tcp://127.0.0.1:1: .*dask scheduler"):
        open_fleet("fleet:127.0.0.1:1", TARGET, print).__enter__()


def test_a_worker_that_is_stopped(cluster: Cluster) -> None:
    worker = cluster.worker()
    worker.send_signal(signal.SIGINT)
    code, said = ended(worker)
    assert code == 5
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--target", "moon"), 2, 'no target is called "moon"'),
        (("--target", TARGET, "--on", "emulator"), 2, "is no board that a worker can keep"),
        (("--target", "cortex-a76"), 1, "contradicts the file of cortex-a76"),
    ],
)
def test_what_is_no_board_of_that_target(cluster: Cluster, words: tuple[str, ...], code: int, said: str) -> None:
    given = dict(zip(words[::2], words[1::2], strict=True))
    worker = cluster.start(board=given.get("--on", "local"), target=given["--target"])
    found = ended(worker)
    assert found[0] == code
    assert said in found[1]


def test_here_or_there(cluster: Cluster, told: list[str], tmp_path: Path) -> None:
    worker = cluster.worker()
    with open_fleet(cluster.on, TARGET, told.append) as boards:
        assert call_at(boards, errands.whose, tmp_path / "log", 0.0) == worker.pid
    assert call_at(LocalRunner(), errands.whose, tmp_path / "log", 0.0) == os.getpid()


def test_a_built_candidate_goes_as_its_programs(tmp_path: Path) -> None:
    for name in ("one", "other", "verifier"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name}\n")
    harness = Harness(tmp_path / "verifier", (), "h")
    both = tuple(Built(tmp_path / name, harness, {"mr": 8}, "dot") for name in ("one", "other"))
    content = packed(errands.kind, (*both, [3]))
    assert content.count(b"echo verifier") == 1
    function, (one, other, three) = unpacked(content, tmp_path)
    assert (function, three) == (errands.kind, [3])
    assert (one.executable.read_text(), other.sizes) == ("#!/bin/sh\necho one\n", {"mr": 8})
    assert os.access(other.harness.verifier, os.X_OK)
    assert one.executable != other.executable
    assert one.operator == "dot"


def test_only_functions_of_a_module_travel() -> None:
    with pytest.raises(Exception, match="pickle"):
        packed(lambda runner: runner, ())


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("host", "tcp://host:8786"),
        ("host:1234", "tcp://host:1234"),
        ("tcp://10.0.0.1:8786", "tcp://10.0.0.1:8786"),
        ("tls://[fe80::1]", "tls://[fe80::1]:8786"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert scheduler_address(text) == address


@pytest.mark.parametrize("text", ["", "http://host", "host:port", "-x", "a b", "host:1:2"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BoardError, match="is not the address of a Dask scheduler; write host:8786"):
        scheduler_address(text)


def test_dask_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def absent(name: str, package: str | None = None) -> object:
        return None if name == "distributed" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", absent)
    with pytest.raises(ToolMissing, match=r"pip install 'tensorop-gen\[fleet\]'"):
        open_fleet("fleet:host", TARGET, print).__enter__()


def ended(worker: Process) -> tuple[int, str]:
    _, said = worker.communicate(timeout=60)
    return worker.returncode, said
