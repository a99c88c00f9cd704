"""Costs from transcripts, and how ablations are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.llm.endpoint import presets
from tensorop_gen.llm.model import Answer, Message, Prompt, SetupError, Usage
from tensorop_gen.llm.transcript import Exchange, written
from tensorop_gen.pipeline.ablate.cost import cost, price_of
from tensorop_gen.pipeline.ablate.model import Ablation, Figure
from tensorop_gen.pipeline.ablate.show import markdown, save_figure
from tensorop_gen.request.model import RequestError

PROMPT = Prompt(task="t", messages=(Message(role="user", content="x"),))


def said(model: str, estimated: bool = False, accepted: bool = False) -> Exchange:
    usage = Usage(prompt=1000, answer=500, estimated=estimated)
    return Exchange.of(PROMPT, Answer(text="y", model=model, usage=usage, seconds=30), {}, accepted)


def test_tokens_minutes_and_money_are_those_of_the_transcript(tmp_path: Path) -> None:
    priced = next(preset for preset in presets().values() if preset.price)
    assert priced.price
    file = tmp_path / "a.jsonl"
    file.write_text(
        written([said(priced.model), said(priced.model), said("local", True), said(priced.model, False, True)])
    )
    found = cost([file], {})
    dollars = (2000 * priced.price.input + 1000 * priced.price.output) / 1e6
    assert found.rows[0] == (
        "a.jsonl",
        priced.model,
        "2",
        "2000",
        "1000",
        "1.00",
        f"{dollars:.4f} ({priced.price.date})",
    )
    assert found.rows[1] == ("a.jsonl", "local", "1", "~1000", "~500", "0.50", "not known")
    assert found.kind == "counted"


def test_what_is_no_transcript_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text("{}\n")
    with pytest.raises(SetupError, match=r"b\.jsonl:1 is no exchange"):
        cost([tmp_path / "b.jsonl"], {})


def test_a_price_that_is_given_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(written([said("local"), said("gpt-4o")]))
    found = cost([file], dict([price_of("local=2,4.5"), price_of("gpt-4o=0,0")]))
    assert [row[-1] for row in found.rows] == ["0.0043 (as given)", "0.0000 (as given)"]


@pytest.mark.parametrize(
    "text", ["gpt-4o", "gpt-4o=", "gpt-4o=1", "gpt-4o=1,-2", "=1,2", "gpt-4o=1,2,3x", "gpt-4o=nan,1"]
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="a price is like gpt-4o"):
        price_of(text)


def test_a_table_and_a_figure_say_where_they_are_from(tmp_path: Path) -> None:
    found = Ablation(
        title="Search",
        kind="modelled",
        machine="X9, 4 cores",
        date="2026-01-02",
        version="tensorop-gen 1",
        head=("a",),
        rows=(("b|c",),),
        figure=Figure(axis="speed", bars={"one": 2.0}, lines={"two": (1.0, 3.0)}),
        notes=("so",),
    )
    assert markdown(found) == (
        "Search: `modelled`, X9, 4 cores, 2026-01-02, tensorop-gen 1.\n\n| a |\n| --- |\n| b/c |\n\nso\n"
    )
    save_figure(found, tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text()
    assert "modelled, X9, 4 cores" in page
    assert '"two"' in page
    assert Ablation.model_validate_json(found.model_dump_json()) == found
