from __future__ import annotations

import pytest

from tensorop_gen import run
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware.library import load
from tensorop_gen.run import LocalRunner, Runner, lacks_instructions


def test_starts_programs_as_they_are() -> None:
    runner: Runner = LocalRunner(timeout=3.0)
    assert runner.command(["program", "argument"]) == ["program", "argument"]
    assert runner.kind == "measured"
    assert runner.timeout == 3.0


def test_what_a_machine_lacks_matters_only_where_it_would_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own, foreign = ("x86-64-v3", "cortex-a76") if native_arch() == "x86_64" else ("cortex-a76", "x86-64-v3")
    monkeypatch.setattr(run, "runs", lambda _: False)
    assert lacks_instructions(load(own), "")
    assert lacks_instructions(load(own), "local")
    assert not lacks_instructions(load(own), "ssh://user@host")
    assert not lacks_instructions(load(own), "fleet:host:8786")
    assert not lacks_instructions(load(foreign), ""), "an emulator runs it"
    monkeypatch.setattr(run, "runs", lambda _: True)
    assert not lacks_instructions(load(own), "")
