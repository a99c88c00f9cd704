"""What the main job makes of its options."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tensorop_gen import pipeline
from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import app
from tensorop_gen.hardware.library import load
from tensorop_gen.pipeline import Options, Outcome
from tensorop_gen.tune.model import Budget


@pytest.mark.parametrize(
    ("words", "budget", "modelled"),
    [
        (["sgemm for c908"], Budget(seconds=60), False),
        (["sgemm for c908", "--tune", "60"], Budget(seconds=60), True),
        (["tune", "sgemm for c908", "--seconds", "9t"], Budget(trials=9), True),
        (["sgemm for c908", "--tune", "off"], None, True),
    ],
)
def test_a_machine_elsewhere_is_tuned_for_if_that_is_asked(
    words: list[str], budget: Budget | None, modelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Options] = []

    def hear(_: object, options: Options, *__: object) -> Outcome:
        told.append(options)
        return Outcome(load("c908"), None)

    monkeypatch.setattr(pipeline, "generate", hear)
    monkeypatch.setattr(pipeline, "tune_only", hear)
    done = CliRunner().invoke(app, with_command(words))
    assert done.exit_code == 0, done.output
    assert [(one.tune, one.modelled) for one in told] == [(budget, modelled)]
