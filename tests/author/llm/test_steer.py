"""Sketch parameters and tuning actions of a model: legal, or asked for again, or not taken."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from tests.author.llm.scripted import RIGHT, SKETCH, Scripted

from tensorop_gen.author.llm import Forge, LlmAuthor, Step, pick_kinds, propose_actions
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
KINDS = ("tiling", "unroll")
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


@pytest.mark.skipif(native_arch() != "x86_64", reason="kernels of models are taken for x86-64 so far")
def test_without_a_sketch_that_can_be_had_the_analytical_one_is_kept_and_told() -> None:
    told: list[str] = []
    forge = Forge(find_toolchain(FACTORS.triple).compiler, FACTORS.isa)
    writing = LlmAuthor(Recorder(Scripted(["a big one", "a big one", RIGHT])), forge, tell=told.append)
    candidate = writing.write(Request(""), FACTORS)
    assert candidate.params == START
    assert candidate.author.startswith("llm")
    (line,) = told
    assert line.startswith("the sketch keeps the parameters of the analytical model: ")


def test_the_schema_of_a_pick_has_the_names_themselves() -> None:
    model = Scripted(['{"kinds": ["unroll"]}', '{"actions": ["kc=288"]}'])
    pick_kinds(model, FACTORS, START, PATH, KINDS, 5)
    propose_actions(model, FACTORS, START, PATH, ACTIONS)
    for prompt, field, names, most in zip(model.asked, ("kinds", "actions"), (KINDS, ACTIONS), (5, 8), strict=True):
        assert prompt.answer_schema
        listed = prompt.answer_schema["properties"][field]
        assert (listed["items"], listed["maxItems"]) == ({"enum": list(names)}, most)
        assert set(prompt.answer_schema["required"]) == prompt.answer_schema["properties"].keys()


def test_kinds_are_picked_from_the_history_of_the_path() -> None:
    model = Scripted(['{"kinds": ["sorcery"]}', '{"kinds": ["tiling", "magic", "unroll", "tiling"], "why": "kc paid"}'])
    assert pick_kinds(model, FACTORS, START, PATH, KINDS) == ("tiling", "unroll", "tiling")
    text = model.asked[0].messages[1].content
    assert "- kc=256: [measured: +5.0 %]" in text
    assert "- mc=64: [measured: -10.0 %]" in text
    assert f"it began with vectors={START.vectors}" in text
    assert "none of it is on the list" in model.asked[1].messages[-1].content


@pytest.mark.parametrize("answer", ['{"kinds": ["rm -rf"]}', '{"kinds": []}', '{"kinds": [7]}', "tiling", '{"kinds"'])
def test_what_is_never_on_the_list_is_given_up(answer: str) -> None:
    with pytest.raises(UnusableAnswer):
        pick_kinds(Scripted([answer]), FACTORS, START, (), KINDS)


def test_actions_are_proposed_from_the_history_of_the_tree() -> None:
    model = Scripted([json.dumps({"actions": ["kc=288", "kc=9000", "kc=288", " prefetch_a=False"]})])
    history = (*PATH, Step(change="nr=40", reason="needs 81 registers\nshow it with: ..."))
    assert propose_actions(model, FACTORS, START, history, ACTIONS) == ("kc=288", "prefetch_a=False")
    text = model.asked[0].messages[1].content
    assert "- nr=40: not possible, needs 81 registers\n" in text
    assert "- kc=224\n" in text
    assert "2 x 6" in text


def test_what_was_measured_makes_no_other_question() -> None:
    def digest(gain: float) -> str:
        model = Scripted(['{"kinds": ["tiling"]}'])
        pick_kinds(model, FACTORS, START, [Step(change="kc=256", gain=gain)], KINDS)
        return model.asked[0].digest

    assert digest(0.01) == digest(-0.2)


def test_a_new_line_in_the_file_is_a_new_hint() -> None:
    assert {hint.technique for hint in hints()} == set("TRVLP")
    text = render("hardware", title="x", factors=(), hints=hints("V"))
    assert "vectorization (depends on INST, VR)" in text


def test_no_template_names_a_place_of_this_machine() -> None:
    folder = Path(render.__code__.co_filename).parent / "templates"
    assert len(list(folder.rglob("*.j2"))) > 10
    for path in folder.rglob("*"):
        assert path.is_dir() or "/home" not in path.read_text()
