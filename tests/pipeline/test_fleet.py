"""Searches on many boards: with stand-ins for them, and the whole way with workers that are killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.run.cluster import ROOT, TARGET, Cluster
from tests.tune.made_up import FACTORS, START
from typer.testing import CliRunner

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.cache.history import History
from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import app
from tensorop_gen.measure.nominal import NominalPeak
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.pipeline.fleet import Spread
from tensorop_gen.pipeline.trial import Evaluator
from tensorop_gen.pipeline.workshop import Proven, Workshop
from tensorop_gen.run import BoardLost, FleetLost, PoisonError
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Budget, Outcome, Trial
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import Search

from .conftest import FASTER, GOOD, REQUEST, WRONG

SLOWER = Outcome(gain=-0.1, low=-0.2, high=-0.05)


@dataclass
class Sent:
    number: int
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True

    def __hash__(self) -> int:
        return self.number


@dataclass
class Boards:
    """Of a made-up fleet: what comes of the pieces of work, by their numbers; the last that is sent ends first."""

    count: int
    outcomes: dict[int, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    most: int = 0

    def look(self) -> int:
        return self.count

    def tell(self, text: str) -> None:
        self.told.append(text)

    def send(self, *_: object) -> Sent:
        self.sent.append(Sent(len(self.sent) + 1))
        return self.sent[-1]

    def first(self, sent: Collection[Sent]) -> Sent:
        self.most = max(self.most, len(sent))
        return max(sent, key=hash)

    def result(self, sent: Sent) -> Any:
        found = self.outcomes.get(sent.number, (GOOD, SLOWER))
        if isinstance(found, Exception):
            raise found
        return found


_IMPATIENT = "import sys; from tensorop_gen.run import fleet; fleet.PATIENCE = 2.0; "
_IMPATIENT += "from tensorop_gen.cli import main; main(sys.argv[1:])"
Begin = Callable[[Boards], Spread]


@pytest.fixture
def begin(stand_ins: None, tmp_path: Path) -> Begin:  # noqa: ARG001  # which has to be there
    def spread(boards: Boards) -> Spread:
        author: Any = BuiltinAuthor()
        fleet: Any = boards
        shop = Workshop(REQUEST, FACTORS, author, None, fleet, tmp_path)  # type: ignore[arg-type]
        space = ActionSpace(OPERATOR, FACTORS, ("packed",))
        first: Any = Proven(author.write(REQUEST, FACTORS, START.params), None, GOOD)  # type: ignore[arg-type]
        evaluator = Evaluator(shop, space, NominalPeak.of(FACTORS), {START: first})
        return Spread(Search(START, space, make_policy("history"), evaluator), evaluator, fleet)

    return spread


def test_as_many_trials_at_once_as_there_are_boards(begin: Begin) -> None:
    boards = Boards(3)
    trials = list(begin(boards).run((), Budget(trials=10)))
    assert [trial.number for trial in trials] == list(range(1, 11))
    assert len({trial.point for trial in trials}) == 10
    assert (boards.most, len(boards.sent)) == (3, 10)


def test_the_incumbent_is_what_won_whenever_it_ended(begin: Begin) -> None:
    spread = begin(Boards(2, {2: (GOOD, FASTER)}))
    first, second, third = spread.run((), Budget(trials=3))
    assert [trial.accepted for trial in (first, second, third)] == [True, False, False]
    assert [trial.against for trial in (first, second, third)] == [START.key, first.point.key, START.key]
    assert spread.search.incumbent == first.point
    assert spread.evaluator.proven[first.point].verification == GOOD


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        ((WRONG, None), r"rv64gc: verify failed \(run m=1\): .*C\(0,0\) is 1"),
        (PoisonError("one worker after the other was lost"), "one worker after the other"),
    ],
)
def test_a_candidate_without_a_speed_is_a_trial_with_its_reason(begin: Begin, came: object, reason: str) -> None:
    spread = begin(Boards(1, {1: came}))
    trial, *_ = spread.run((), Budget(trials=2))
    assert re.search(reason, trial.outcome.reason)
    assert trial.point not in spread.evaluator.proven


def test_what_a_lost_board_had_may_be_proposed_again(begin: Begin) -> None:
    boards = Boards(1, {1: BoardLost("board ssh://pi@one: the connection broke")})
    spread = begin(boards)
    trials = list(spread.run((), Budget(trials=3)))
    assert [trial.number for trial in trials] == [1, 2, 3]
    assert len(boards.sent) == 4
    assert boards.told == ["board ssh://pi@one: the connection broke"]


def test_nothing_is_left_behind_when_no_board_is_left(begin: Begin) -> None:
    boards = Boards(2, {4: FleetLost("no worker")})
    found: list[Trial] = []
    with pytest.raises(FleetLost):
        found.extend(begin(boards).run((), Budget(trials=9)))
    assert [sent.number for sent in boards.sent if sent.cancelled] == [1]


def test_gone_on_with_without_measuring_again(begin: Begin) -> None:
    """Whatever order the trials ended in, and however many boards there are now."""
    earlier = list(begin(Boards(3, {2: (GOOD, FASTER)})).run((), Budget(trials=7)))
    boards = Boards(1)
    spread = begin(boards)
    trials = list(spread.run(earlier, Budget(trials=9)))
    assert trials[:7] == earlier
    assert len(boards.sent) == 2
    assert {trial.point for trial in trials[7:]}.isdisjoint(trial.point for trial in earlier)
    assert list(begin(Boards(1)).run(earlier, Budget(trials=4))) == earlier[:4]


def test_stops_at_the_end_of_its_seconds(begin: Begin) -> None:
    now = iter(range(1000))
    boards = Boards(2)
    trials = list(begin(boards).run((), Budget(seconds=5), clock=lambda: next(now)))
    assert len(trials) == len(boards.sent) == 5


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as cluster:
        yield cluster


def tune(cluster: Cluster, cache: Path, trials: int) -> subprocess.Popen[str]:
    words = ["tune", f"sgemm for {TARGET}", "--on", cluster.on, "--shapes", "32^3", "--seconds", f"{trials}t"]
    return subprocess.Popen(
        [sys.executable, "-c", _IMPATIENT, *words, "--cache", str(cache)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "python")}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def kept(cache: Path) -> int:
    with History(cache) as history:
        return len(history.rows())


def until(cache: Path, trials: int, process: subprocess.Popen[str]) -> None:
    for _ in range(1200):
        if process.poll() is not None or kept(cache) >= trials:
            return
        time.sleep(0.05)
    raise AssertionError(f"{trials} trials did not end within a minute")


def test_the_whole_way_with_a_worker_killed_in_the_middle(cluster: Cluster, tmp_path: Path) -> None:
    one, _ = cluster.workers_of(2)
    process = tune(cluster, tmp_path, 8)
    until(tmp_path, 3, process)
    one.kill()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "local of host0 is gone" in said
    assert kept(tmp_path) == 8


def test_all_workers_gone_and_then_gone_on_with(cluster: Cluster, tmp_path: Path) -> None:
    workers = cluster.workers_of(2)
    process = tune(cluster, tmp_path, 8)
    until(tmp_path, 3, process)
    for worker in workers:
        worker.kill()
    said, _ = process.communicate(timeout=120)
    before = kept(tmp_path)
    assert process.returncode == 5, said
    assert f"has had no worker for {TARGET}" in said
    assert f"{before} trials are kept; the same command goes on from there" in said
    cluster.worker()
    said, _ = tune(cluster, tmp_path, before + 2).communicate(timeout=120)
    assert f"going on after {before} earlier trials" in said
    assert kept(tmp_path) == before + 2


def test_interrupted(cluster: Cluster, tmp_path: Path) -> None:
    cluster.worker()
    process = tune(cluster, tmp_path, 1000)
    until(tmp_path, 2, process)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 5, said
    assert f"interrupted; {kept(tmp_path)} trials are kept; the same command goes on from there" in said
    assert "Traceback" not in said
    assert cluster.workers[0].poll() is None


def test_this_machine_is_nobody_in_a_fleet(cluster: Cluster) -> None:
    done = CliRunner().invoke(app, with_command(["sgemm for this machine", "--on", cluster.on]))
    assert done.exit_code == 2
    assert "name the CPU that is meant" in done.stderr
