"""The history keeps every trial whatever happens to the process, the disk or the file."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cache.rows import row, trial

from tensorop_gen.cache.history import NAME, History
from tensorop_gen.cache.history_lines import export_lines, import_lines
from tensorop_gen.cache.history_row import SCHEMA
from tensorop_gen.cache.store import CacheError

ROOT = Path(__file__).parents[2]


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        assert history.add([row(1), row(2)]) == 2
    with History(tmp_path) as history:
        assert history.rows() == (row(1), row(2))
        assert history.rows()[1].trial() == trial(2)
        assert history.rows("another search") == ()


def test_a_trial_is_kept_once_and_those_of_other_machines_beside_it(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        assert history.add([row(1), row(1)]) == 1
        assert history.add([row(1), row(1, machine="m2")]) == 1
        assert [one.machine for one in history.rows("s1")] == ["m1", "m2"]


def test_two_runs_write_beside_each_other(tmp_path: Path) -> None:
    with History(tmp_path) as one, History(tmp_path) as other:
        one.add([row(1)])
        other.add([row(2)])
        assert one.rows() == other.rows() == (row(1), row(2))


def test_a_killed_run_leaves_whole_trials(tmp_path: Path) -> None:
    program = (
        "import sys, itertools; from pathlib import Path; from tests.cache.rows import row\n"
        "from tensorop_gen.cache.history import History\n"
        "history = History(Path(sys.argv[1]))\n"
        "for number in itertools.count(1):\n"
        "    history.add([row(number)]); print(number, flush=True)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(3):
        command = [sys.executable, "-c", program, str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            while int(process.stdout.readline()) < 5:
                pass
            time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            told = max([5, *map(int, process.stdout.read().split())])
        with History(tmp_path) as history:
            numbers = [one.number for one in history.rows()]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= told


def test_a_newer_release_s_history_is_left_alone(tmp_path: Path) -> None:
    History(tmp_path).close()
    database = sqlite3.connect(tmp_path / NAME)
    database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    database.close()
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(CacheError, match=r"newer release \(schema 2, this one knows 1\): update tensorop-gen"):
        History(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_damaged_history_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all, and longer than one header of a hundred bytes" * 20)
    told: list[str] = []
    with History(tmp_path, told.append) as history:
        assert history.add([row(1)]) == 1
    assert "is damaged" in told[0]
    (aside,) = tmp_path.glob(f"{NAME}.damaged-*")
    assert aside.read_bytes().startswith(b"no database")


def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history.add([row(1)])
        history._database.execute("PRAGMA max_page_count = 4")  # as a disk with no room left
        with pytest.raises(CacheError, match=r"is full; free some room, or choose another folder with --cache"):
            history.add([row(number) for number in range(2, 200)])
        assert history.rows() == (row(1),)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match=r"file/history.sqlite cannot be used: .*TENSOROP_CACHE_DIR"):
        History(tmp_path / "file")


def test_histories_of_several_machines_are_merged(tmp_path: Path) -> None:
    for name in ("m1", "m2"):
        with History(tmp_path / name) as history:
            history.add([row(number, machine=name) for number in (1, 2)])
            assert export_lines(history, tmp_path / f"{name}.jsonl") == 2
    with History(tmp_path / "m1") as history:
        assert import_lines(history, tmp_path / "m2.jsonl") == (2, ())
        assert import_lines(history, tmp_path / "m2.jsonl") == (0, ())
        assert len(history.rows()) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "line 2: "),
        ('{"schema_version": 2}', r"line 2: a trial of a newer release \(schema 2, this one knows 1\)"),
        ('{"schema_version": 1}', "line 2: no trial: search: Field required"),
        ("[]", "line 2: no trial: "),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_taken(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "lines"
    file.write_text("\n".join((row(1).model_dump_json(), line, row(2).model_dump_json())))
    with History(tmp_path) as history:
        taken, (fault,) = import_lines(history, file)
    assert taken == 2
    assert re.search(said, fault)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with History(tmp_path) as history, pytest.raises(CacheError, match=r"cannot read .*nowhere"):
        import_lines(history, tmp_path / "nowhere")
