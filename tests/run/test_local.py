from __future__ import annotations

from tensorop_gen.run import LocalRunner, Runner


def test_starts_programs_as_they_are() -> None:
    runner: Runner = LocalRunner(timeout=3.0)
    assert runner.command(["program", "argument"]) == ["program", "argument"]
    assert runner.kind == "measured"
    assert runner.timeout == 3.0
