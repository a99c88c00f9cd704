from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tensorop_gen.measure.errors import WorkerFailed
from tensorop_gen.measure.process import LineProcess, pinned

PROGRAM = """
import os, signal, sys, time
for line in sys.stdin:
    word = line.strip()
    if word == "die": print("last words", file=sys.stderr); sys.exit(7)
    if word == "kill": os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang": time.sleep(60)
    if word == "cpus": print("ok", *sorted(os.sched_getaffinity(0)), flush=True)
    elif word == "no": print("error no such thing", flush=True)
    else: print("ok", word, flush=True)
"""
CPU = min(os.sched_getaffinity(0))


@pytest.fixture
def process() -> LineProcess:
    return LineProcess([sys.executable, "-c", PROGRAM], [CPU])


def test_answers_and_errors(process: LineProcess) -> None:
    with process:
        assert process.ask("hello", 20) == ["hello"]
        with pytest.raises(WorkerFailed, match=r"^no such thing$"):
            process.ask("no", 20)
        assert process.ask("still here", 20) == ["still", "here"]


def test_it_runs_on_its_processors_only(process: LineProcess) -> None:
    before = os.sched_getaffinity(0)
    with process:
        assert process.ask("cpus", 20) == [str(CPU)]
    assert os.sched_getaffinity(0) == before


def test_exit_code_and_last_line_are_told(process: LineProcess) -> None:
    with process, pytest.raises(WorkerFailed, match=r'ended with exit code 7 \(last words\) during "die"'):
        process.ask("die", 20)


def test_signal_is_named(process: LineProcess) -> None:
    with process, pytest.raises(WorkerFailed, match='killed by SIGSEGV during "kill"'):
        process.ask("kill", 20)


def test_a_dead_process_is_no_broken_pipe(process: LineProcess) -> None:
    with process:
        with pytest.raises(WorkerFailed, match="exit code 7"):
            process.ask("die", 20)
        with pytest.raises(WorkerFailed, match="exit code 7"):
            process.ask("hello", 20)


def test_hang(process: LineProcess) -> None:
    with process, pytest.raises(WorkerFailed, match='no answer to "hang" within 0 s'):
        process.ask("hang", 0.2)


def test_a_paused_process_does_nothing_until_resumed(process: LineProcess) -> None:
    with process:
        process.ask("up", 20)
        process.pause()
        with pytest.raises(WorkerFailed, match="no answer"):
            process.ask("first", 0.2)
        process.resume()
        assert process.answer(20) == ["first"]


def test_close_ends_a_paused_process(process: LineProcess) -> None:
    assert process.ask("up", 20) == ["up"]
    process.pause()
    process.close()
    assert not Path(f"/proc/{process.pid}").exists()


def test_pinned_restores_after_an_error() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ValueError, match="inside"), pinned([CPU]):
        raise ValueError("inside")
    assert os.sched_getaffinity(0) == before
