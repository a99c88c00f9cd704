"""A candidate's speed on a board, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.pipeline.conftest import GOOD, Heard

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.hardware.library import load
from tensorop_gen.pipeline import board
from tensorop_gen.pipeline.board import measured_there
from tensorop_gen.pipeline.workshop import Proven
from tensorop_gen.request.model import Request


class _Board:
    away = True


@pytest.mark.parametrize(("name", "notes"), [("cortex-a76", 0), ("rv64gcv", 1)])
def test_a_peak_that_is_not_known_is_told(name: str, notes: int, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "measure", lambda *_, **__: ("timed",))
    candidate = BuiltinAuthor().write(Request("", target=name), load(name))
    proven: Any = Proven(candidate, None, GOOD)  # type: ignore[arg-type]
    runner: Any = _Board()
    assert len(measured_there(proven, runner, (), heard)) == 1
    assert len(heard.notes) == notes
    assert all(f"{name} has no known peak" in note for note in heard.notes)
