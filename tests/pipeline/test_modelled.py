"""Tuning for a machine that is not here: what the model is asked and says, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tensorop_gen import pipeline, run
from tensorop_gen.build.toolchain import Toolchain, ToolMissing, find_toolchain, native_arch
from tensorop_gen.cache import records
from tensorop_gen.cache.history import History
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.library import load
from tensorop_gen.isa import target
from tensorop_gen.isa.motion import all_moved
from tensorop_gen.operators.gemm import OPERATOR, kernels
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.pipeline import Options, modelled, way
from tensorop_gen.pipeline.modelled import CostModel, modelled_evaluator, modelled_space
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.run import LocalRunner
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Budget, Point
from tensorop_gen.tune.reorder import inner_loop

from .conftest import Heard

FACTORS = load("spacemit-k1")
MODEL = CostModel(FACTORS, judged=False)
START = Point(defaults(FACTORS))
SHAPE = Shape(128, 128, 128)
REQUEST = Request("sgemm for a board elsewhere", target=FACTORS.name)


def no_judge() -> NoReturn:
    raise ToolMissing("no llvm-mca", "get one")


def loads_moved(distance: int) -> Point:
    """The start with all loads of its inner loop so far from where they were, as far as may be."""
    program = kernels.write(START.params, target.find(FACTORS.isa))["compute"]
    block = inner_loop(program, OPERATOR.loops(START.params)["compute"])
    assert block
    loads = [i for i, insn in enumerate(block.insns) if insn.kind in ("load", "broadcast")]
    order = all_moved(block.insns, tuple(range(len(block.insns))), loads, distance)
    return Point(START.params, ((f"compute:{block.label}", order),))


@pytest.mark.parametrize("worse", [{"unroll": 1, "ahead": False}, {"nr": 4, "nc": 2028}, {"kc": 16}])
def test_worse_parameters_are_slower(worse: dict[str, Any]) -> None:
    point = Point(replace(START.params, **worse))
    assert MODEL.speed(point, Shape(512, 512, 512)) < 0.97 * MODEL.speed(START, Shape(512, 512, 512))


def test_loads_next_to_their_uses_are_slower_in_order() -> None:
    assert MODEL.speed(loads_moved(100), SHAPE) < 0.8 * MODEL.speed(START, SHAPE)


def test_the_judge_of_the_loop_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelled, "loop_factor", lambda *_: 2.0)
    assert MODEL.speed(START, SHAPE) > 1.5 * replace(MODEL, judged=True).speed(Point(START.params), SHAPE)


def test_without_the_judge_our_own_model_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelled, "find_judge", no_judge)
    assert str(CostModel.of(FACTORS)) == "modelled: the costs of spacemit-k1, inner loops by our own model"
    monkeypatch.setattr(modelled, "find_judge", lambda: ("llvm-mca",))
    assert str(CostModel.of(FACTORS)).endswith("inner loops by llvm-mca for spacemit-x60")
    assert CostModel.of(FACTORS).digest != MODEL.digest


@pytest.mark.parametrize(
    ("model", "point", "said"),
    [
        (MODEL, Point(replace(START.params, nr=40)), "registers"),
        (MODEL, Point(START.params, (("compute:nowhere", (0,)),)), "no block is called nowhere"),
        (CostModel(load("x86-64-v3"), judged=False), Point(defaults(load("x86-64-v3"))), "its file has no costs"),
    ],
)
def test_what_cannot_be_modelled_is_refused_in_words(model: CostModel, point: Point, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        model.speed(point, SHAPE)


def test_only_what_the_model_knows_is_searched() -> None:
    skinny = Shape(1, 4096, 4096)
    asked = modelled_space(MODEL, START, Request("", shapes=(skinny, SHAPE)), Options())
    assert (asked.groups, asked.shapes) == (("packed", "direct", "paths"), (SHAPE,))
    for request, options in ((Request("", shapes=(skinny,)), Options()), (Request(""), Options(classes=("skinny",)))):
        with pytest.raises(ValueError, match="STREAM, which is bound by memory and not modelled"):
            modelled_space(MODEL, START, request, options)


def test_every_trial_is_judged_on_all_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a gain in one group could be had again and again at the cost of another."""
    asked: set[Shape] = set()

    def speed(_: CostModel, __: Point, shape: Shape) -> float:
        asked.add(shape)
        return 1.0

    monkeypatch.setattr(CostModel, "speed", speed)
    space = ActionSpace(OPERATOR, FACTORS, ("packed", "direct"))
    assert not modelled_evaluator(MODEL, space)(Point(replace(START.params, kc=64)), START).reason
    assert {Shape(1024, 1024, 1024), Shape(16, 16, 16)} <= asked


@pytest.fixture
def elsewhere(stand_ins: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """Neither cross compiler nor emulator; on the made-up machine every change of parameters helps."""
    monkeypatch.setattr(way, "find_toolchain", lambda _: find_toolchain(f"{native_arch()}-linux-gnu"))
    monkeypatch.setattr(Toolchain, "require", lambda *_: None)
    monkeypatch.setattr(run, "find_runner", lambda *_: LocalRunner())
    monkeypatch.setattr(modelled, "is_this_machine", lambda _: False)
    monkeypatch.setattr(modelled, "find_judge", no_judge)
    changes = OPERATOR.changes
    monkeypatch.setattr(CostModel, "speed", lambda self, point, _: 1.0 + len(changes(point.params, self.factors)))


OPTIONS = Options(emit="sources", tune=Budget(trials=3), modelled=True)


def tune(out: Path, heard: Heard, options: Options = OPTIONS) -> pipeline.Outcome:
    return pipeline.generate(REQUEST, replace(options, out=out), heard)


@pytest.mark.usefixtures("elsewhere")
def test_the_winner_is_proven_and_says_that_nothing_was_measured(tmp_path: Path, heard: Heard) -> None:
    found = tune(tmp_path, heard)
    assert found.record
    assert (found.trials, found.kind, found.record.provenance.params) == (3, "modelled", "modelled")
    assert found.gain > 1
    assert found.record.measurements == ()
    assert "tuned on modelled speeds, 3 trials; nothing was measured" in (tmp_path / "record/summary.txt").read_text()
    assert any("modelled" in stage and "nothing is measured" in stage for stage in heard.stages)
    with History(Store().root) as history:
        rows = history.rows()
    assert len(rows) == 3
    assert {row.machine_name.split(":")[0] for row in rows} == {"modelled"}
    again = tune(tmp_path, heard, replace(OPTIONS, modelled=False))
    assert again.record == found.record
    assert "nothing is tuned; --tune 60 would tune for it on modelled speeds" in heard.notes[-1]


@pytest.mark.usefixtures("elsewhere")
def test_an_interrupted_search_goes_on(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    told = heard.trial

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(heard, "trial", lambda trial, budget: stop() if len(heard.trials) else told(trial, budget))
    with pytest.raises(KeyboardInterrupt, match="2 trials are kept; the same command goes on"):
        tune(tmp_path, heard)
    monkeypatch.setattr(heard, "trial", told)
    assert tune(tmp_path, heard).trials == 3
    assert "tune: going on after 2 earlier trials" in heard.stages


@pytest.mark.usefixtures("elsewhere")
def test_times_of_a_machine_are_not_mixed_in(tmp_path: Path, heard: Heard) -> None:
    found = tune(tmp_path, heard)
    with History(Store().root) as history:
        measured = [row.model_copy(update={"machine": "m", "machine_name": "a board"}) for row in history.rows()]
    other = tmp_path / "cache"
    with History(other) as history:
        history.add([row.model_copy(update={"gain": -9.0, "low": -9.0}) for row in measured])
    again = tune(tmp_path / "again", heard, replace(OPTIONS, cache=other))
    assert again.gain == found.gain
    assert any("3 trials of other machines (a board) are not used" in note for note in heard.notes)


@pytest.mark.usefixtures("elsewhere")
def test_no_model_overrules_what_was_measured(tmp_path: Path, heard: Heard) -> None:
    record = tune(tmp_path, heard).record
    assert record
    tuned = record.provenance.model_copy(update={"params": "tuned"})
    records.save(Store(), record.model_copy(update={"provenance": tuned}))
    assert tune(tmp_path, heard).trials == 0
    assert "its record was tuned by measuring, which no model overrules" in heard.notes[-1]
