"""A search's memory: what it may go on from, and what happens when it cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cache.rows import IDENTITY, row, trial
from tests.tune.made_up import START, actions, evaluate

from tensorop_gen.cache.history import NAME, History
from tensorop_gen.cache.notebook import Notebook
from tensorop_gen.tune.model import Budget, Outcome, Point, Trial
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.search import Search

TRIALS = 40


def searched(folder: Path) -> tuple[list[Trial], int]:
    """A search on the made-up machine, and how many of its trials were measured."""
    notebook = Notebook(folder, IDENTITY, print)
    measured: list[Point] = []

    def counted(point: Point, incumbent: Point) -> Outcome:
        measured.append(point)
        return evaluate(point, incumbent)

    search = Search(START, actions, make_policy("history"), counted, notebook.recorded)
    for one in search.run(Budget(trials=TRIALS)):
        notebook.keep(one)
        sys.stdout.write(f"{one.number}\n")
        sys.stdout.flush()
    notebook.close()
    return search.trials, len(measured)


def test_a_killed_search_is_resumed_where_it_was(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.cache.test_notebook import searched\n"
        "searched(Path(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, str(tmp_path / "killed")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 7:
            pass
        process.kill()
    resumed, measured = searched(tmp_path / "killed")
    whole, _ = searched(tmp_path / "whole")
    assert resumed == whole
    assert measured < TRIALS


def test_outcomes_come_back_by_candidate_and_incumbent(tmp_path: Path) -> None:
    first = Notebook(tmp_path, IDENTITY, print)
    first.keep(trial(1))
    first.keep(trial(2, "does not build"))
    first.close()
    second = Notebook(tmp_path, IDENTITY, print)
    assert second.recorded == {
        (one.point.key, START.key): one.outcome for one in (trial(1), trial(2, "does not build"))
    }
    second.keep(trial(1))  # read, not measured: not kept twice
    second.keep(trial(3))
    assert second.state == "2 trials are kept"
    second.close()
    with History(tmp_path) as history:
        assert [one.number for one in history.rows()] == [1, 2, 3]


def test_trials_come_back_in_the_order_in_which_they_ended(tmp_path: Path) -> None:
    """Those of the same policy and seed, whose parameters this release still has."""
    with History(tmp_path) as history:
        strange = row(5).model_copy(update={"params": {"of": "another release"}})
        history.add([row(2), row(1), row(3, seed=1), row(4, policy="random"), strange])
    notebook = Notebook(tmp_path, IDENTITY, print)
    assert list(notebook.earlier()) == [trial(2), trial(1)]
    notebook.close()


def test_another_machine_s_trials_are_not_used(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history.add([row(1, machine="m2", machine_name="another board"), row(2)])
    told: list[str] = []
    notebook = Notebook(tmp_path, IDENTITY, told.append)
    assert len(notebook.recorded) == 1
    assert told == ["1 trials of other machines (another board) are not used: their times are not ours"]
    notebook.close()


def test_a_full_disk_is_told_once_and_what_waits_is_kept_when_there_is_room(tmp_path: Path) -> None:
    told: list[str] = []
    notebook = Notebook(tmp_path, IDENTITY, told.append)
    assert notebook._history is not None
    database = notebook._history._database
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(1, 10):
        notebook.keep(trial(number))
    assert len(told) == 1
    assert "is full; free some room" in told[0]
    assert " are not: " in notebook.state
    database.execute("PRAGMA max_page_count = 1000")
    notebook.keep(trial(10))
    assert notebook.state == "10 trials are kept"
    notebook.close()


def test_without_a_history_the_search_goes_on(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    told: list[str] = []
    notebook = Notebook(tmp_path, IDENTITY, told.append)
    notebook.keep(trial(1))
    assert notebook.recorded == {}
    assert "trials are not kept for now" in told[0]
    notebook.close()
