"""Sketch parameters and tuning actions of a model: legal, or asked for again, or not taken."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from tests.author.llm.scripted import RIGHT, SKETCH, Scripted

from tensorop_gen.author.llm import Forge, LlmAuthor, Step, pick_action, propose_actions
from tensorop_gen.author.llm.sketch import sketch_params
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware import library
from tensorop_gen.hardware.hints import hints
from tensorop_gen.llm.model import UnusableAnswer
from tensorop_gen.llm.prompts import render
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request

FACTORS = library.load("x86-64-v3")
START = defaults(FACTORS)
ACTIONS = ("kc=288", "kc=224", "prefetch_a=False")
PATH = (Step(change="kc=256", gain=math.log(1.05)), Step(change="mc=64", gain=math.log(0.9)))


def test_a_sketch_is_taken() -> None:
    params = sketch_params(Scripted([SKETCH]), FACTORS)
    assert (params.kc, params.mc, params.nc) == (256, 96, 3000)
    assert params.direct_caps == START.direct_caps


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"nr": 12}, "registers"), ({"mc": 90}, "multiple of MR"), ({"kc": 0}, "kc"), ({"nc": 1 << 40}, "nc")],
)
def test_an_impossible_sketch_goes_back(change: dict[str, int], fault: str) -> None:
    model = Scripted([json.dumps(json.loads(SKETCH) | change), SKETCH])
    assert sketch_params(model, FACTORS).kc == 256
    assert fault in model.asked[1].messages[-1].content


def test_the_sketch_prompt_tells_what_fits() -> None:
    model = Scripted([SKETCH])
    sketch_params(model, FACTORS)
    text = model.asked[0].messages[1].content
    assert "2 x 6" in text
    assert "tiling" in text
    assert model.asked[0].answer_schema


@pytest.mark.skipif(native_arch() != "x86_64", reason="kernels of models are taken for x86-64 so far")
def test_without_parameters_the_model_chooses_them() -> None:
    model = Scripted([SKETCH, RIGHT])
    forge = Forge(find_toolchain(FACTORS.triple).compiler, FACTORS.isa)
    writing = LlmAuthor(Recorder(model), forge)
    assert writing.write(Request(""), FACTORS).params.kc == 256
    assert writing.write(Request(""), FACTORS).params.kc == 256
    assert [prompt.task for prompt in model.asked] == ["sketch", "kernel-compute"]


def test_an_action_is_picked_from_the_history_of_the_path() -> None:
    model = Scripted(['{"action": "kc=512"}', '{"action": "kc=288", "why": "kc paid"}'])
    assert pick_action(model, FACTORS, START, PATH, ACTIONS) == "kc=288"
    text = model.asked[0].messages[1].content
    assert "- kc=256: +5.0 %" in text
    assert "- mc=64: -10.0 %" in text
    assert "is none of the list" in model.asked[1].messages[-1].content


def test_what_is_never_on_the_list_is_given_up() -> None:
    with pytest.raises(UnusableAnswer):
        pick_action(Scripted(['{"action": "rm -rf"}']), FACTORS, START, (), ACTIONS)


def test_actions_are_proposed_from_the_history_of_the_tree() -> None:
    same = {"parameter": "unroll", "value": START.unroll}
    good = [{"parameter": "kc", "value": 384}, {"parameter": "prefetch_a", "value": False}, same]
    model = Scripted([json.dumps({"actions": good})])
    history = (*PATH, Step(change="nr=40", reason="needs 81 registers"))
    assert propose_actions(model, FACTORS, START, history) == (("kc", 384), ("prefetch_a", False))
    assert "- nr=40: not possible, needs 81 registers" in model.asked[0].messages[1].content


@pytest.mark.parametrize("bad", [{"parameter": "speed", "value": 9}, {"parameter": "prefetch_a", "value": 2}])
def test_proposals_that_are_no_parameters_go_back(bad: dict[str, object]) -> None:
    model = Scripted([json.dumps({"actions": [bad]}), '{"actions": []}'])
    assert propose_actions(model, FACTORS, START, ()) == ()
    assert str(bad["parameter"]) in model.asked[1].messages[-1].content


def test_a_new_line_in_the_file_is_a_new_hint() -> None:
    assert {hint.technique for hint in hints()} == set("TRVLP")
    text = render("hardware", title="x", factors=(), hints=hints("V"))
    assert "vectorization (depends on INST, VR)" in text


def test_no_template_names_a_place_of_this_machine() -> None:
    folder = Path(render.__code__.co_filename).parent / "templates"
    assert len(list(folder.rglob("*.j2"))) > 10
    for path in folder.rglob("*"):
        assert path.is_dir() or "/home" not in path.read_text()
