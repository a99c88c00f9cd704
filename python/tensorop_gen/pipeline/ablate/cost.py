"""What development cost (Table 3 of the paper): minutes, tokens and money, from the transcripts of runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tensorop_gen.llm.endpoint import Price, presets
from tensorop_gen.llm.transcript import read_transcript
from tensorop_gen.pipeline.ablate.model import Ablation, Figure, about
from tensorop_gen.request.model import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.llm.transcript import Exchange

_NUMBER = r"\d+(?:\.\d+)?"
_PRICE = re.compile(rf"(?P<model>.+)=(?P<input>{_NUMBER}),(?P<output>{_NUMBER})")


def price_of(text: str) -> tuple[str, Price]:
    """ "gpt-4o=2.5,10": a model and its dollars for a million tokens in and out. Raises RequestError."""
    match = _PRICE.fullmatch(text)
    if not match:
        raise RequestError(f"a price is like gpt-4o=2.5,10 (dollars for a million tokens in and out), not {text!r}")
    return match["model"], Price(input=float(match["input"]), output=float(match["output"]), date="as given")


def cost(transcripts: Sequence[Path], prices: Mapping[str, Price]) -> Ablation:
    """prices: by the name that the model gave itself, before those of the presets. Raises SetupError for a file that is
    no transcript."""
    known = {**_published(), **prices}
    rows, bars = list[tuple[str, ...]](), dict[str, float]()
    for path in transcripts:
        asked = [one for one in read_transcript(path) if not one.accepted]
        for model in dict.fromkeys(one.answer.model for one in asked):
            mine = [one for one in asked if one.answer.model == model]
            rows.append((path.name, model, *_counted(mine, known.get(model))))
            bars[f"{path.name}, {model}"] = sum(one.answer.seconds for one in mine) / 60
    head = ("transcript", "model", "questions", "prompt tokens", "answer tokens", "minutes of waiting", "dollars")
    return Ablation(
        title="Development cost",
        **about(None, "counted"),
        head=head,
        rows=tuple(rows),
        figure=Figure(axis="minutes of waiting for the model", bars=bars),
        notes=("~: estimated, a token for four characters. Prices: as given, or of llm/presets.yaml at their date.",),
    )


def _counted(asked: Sequence[Exchange], price: Price | None) -> tuple[str, ...]:
    prompt = sum(one.answer.usage.prompt for one in asked)
    answer = sum(one.answer.usage.answer for one in asked)
    mark = "~" if any(one.answer.usage.estimated for one in asked) else ""
    minutes = sum(one.answer.seconds for one in asked) / 60
    dollars = f"{(prompt * price.input + answer * price.output) / 1e6:.4f} ({price.date})" if price else "not known"
    return str(len(asked)), f"{mark}{prompt}", f"{mark}{answer}", f"{minutes:.2f}", dollars


def _published() -> dict[str, Price]:
    """Of the presets, by their names and those that their servers call the models by."""
    return {
        model: preset.price
        for name, preset in presets().items()
        for model in (name, preset.model)
        if preset.price is not None
    }
