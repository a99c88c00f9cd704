"""Prompts and models (Table 2 of the paper): how often what they write is wrong, and how fast what is right."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import LlmAuthor
from tensorop_gen.author.llm.ask import STYLES
from tensorop_gen.llm.model import BudgetSpent, LlmError, SetupError, UnusableAnswer
from tensorop_gen.llm.open import open_model
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.pipeline.ablate.model import Ablation, Figure, about
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.verify import CandidateFailed

if TYPE_CHECKING:
    from tensorop_gen.llm.transcript import Recorder
    from tensorop_gen.pipeline.ablate.bench import Bench, Speed
    from tensorop_gen.pipeline.model import LlmChoice, Reporter

Verdict = Literal["right", "wrong", "refused", "no answer"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One kernel that was asked for. wrong: built, and found wrong by the verifier; refused: broke a rule or did not
    compile, so that it was never run. model: who answered."""

    model: str
    style: str
    verdict: Verdict
    why: str = ""
    speed: Speed | None = None


def models(bench: Bench, choices: Sequence[LlmChoice], answers: int, transcripts: Path, say: Reporter) -> Ablation:
    """answers: kernels asked of each model with each prompt. A baseline has one answer; ours may mend what is refused
    or wrong, as in a run. The builtin author's kernel is the first row. Raises SetupError for a model that cannot be
    asked, NotProvenError where not even the builtin kernel is right. A model whose budget is spent has the rows that
    it came to."""
    tried, ended = [[_builtin(bench)]], list[str]()
    for number, choice in enumerate(choices):
        found, why = _asked(bench, choice, answers, transcripts / f"ablate-{number}.jsonl", say)
        tried += found
        ended += filter(None, [why])
    rows, bars = [_row(attempts) for attempts in tried], dict[str, float]()
    for row, attempts in zip(rows, tried, strict=True):
        if speeds := [a.speed.value for a in attempts if a.speed]:
            bars[", ".join(row[:2])] = statistics.median(speeds)
    head = ("model", "prompt", "kernels", "wrong", "refused", "no answer", f"{bench.unit} of the right", "worst r")
    judges = {a.speed.model for attempts in tried for a in attempts if a.speed and a.speed.model}
    of = f" Flop a cycle of COMPUTE's loop over k, by {' and '.join(sorted(judges))}." if judges else ""
    note = f"{bench.note}{of} Every right kernel passed the same cases."
    return Ablation(
        title="Prompts and models",
        **about(bench.place, bench.kind),
        head=head,
        rows=tuple(rows),
        figure=Figure(axis=bench.unit, bars=bars),
        notes=(note, *ended, f"Transcripts: {', '.join(sorted(p.name for p in transcripts.glob('ablate-*.jsonl')))}"),
    )


def _builtin(bench: Bench) -> Attempt:
    author = BuiltinAuthor()
    shop = bench.shop(author)
    proven = shop.prove(author.write(bench.request, bench.factors), attempts=1)
    return Attempt(author.name, "-", "right", speed=bench.kernel_speed(proven))


def _asked(bench: Bench, choice: LlmChoice, answers: int, file: Path, say: Reporter) -> tuple[list[list[Attempt]], str]:
    """The attempts with each prompt, and why there are no more. People get each question once, so that further answers
    have folders of their own; all count in one budget."""
    recorder, meter = open_model(choice.model, choice.budget, file, say.note)
    found, ended = list[list[Attempt]](), ""
    try:
        for style in STYLES:
            found.append([])
            for nth in range(1, answers + 1):
                asked = recorder
                if nth > 1 and choice.model.startswith("relay:"):
                    asked, _ = open_model(f"{choice.model}/{nth}", choice.budget, file, say.note, meter=meter)
                found[-1].append(one := attempt(bench, asked, style, choice.repairs, say))
                say.stage("ablate", f"{one.model}, {style}: {one.verdict} {one.why[:200]}")
    except BudgetSpent as spent:
        kernels = sum(map(len, found))
        ended = f"{recorder.name}: ended after {kernels} of {answers * len(STYLES)} kernels: {spent}."
        say.note(ended)
    say.stage("llm", str(meter))
    return [attempts for attempts in found if attempts], ended


def attempt(bench: Bench, model: Recorder, style: str, repairs: int, say: Reporter) -> Attempt:
    """Raises SetupError, BudgetSpent."""
    baseline = style != "ours"
    author = LlmAuthor(model, bench.forge, style=style, tell=say.note)
    if baseline:
        author = replace(author, rounds=1)
    shop = bench.shop(author)
    verdict: Verdict = "right"
    why, speed = "", None
    try:
        candidate = author.write(bench.request, bench.factors)
        speed = bench.kernel_speed(shop.prove(candidate, attempts=1 if baseline else repairs + 1))
    except (SetupError, BudgetSpent):
        raise
    except UnusableAnswer as error:
        verdict, why = "refused", str(error)
    except LlmError as error:
        verdict, why = "no answer", str(error)
    except (NotProvenError, CandidateFailed) as error:
        verdict, why = "wrong", str(error)
    except MeasureError as error:
        why = f"right, its speed is not known: {error}"
    return Attempt(model.name, style, verdict, why, speed)


def _row(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    def share(verdict: Verdict) -> str:
        count = sum(a.verdict == verdict for a in attempts)
        return f"{count} ({100 * count / len(attempts):.0f} %)"

    speeds = [a.speed for a in attempts if a.speed]
    middle = f"{statistics.median(s.value for s in speeds):.2f}" if speeds else "-"
    worst = f"{max(s.worst for s in speeds):.2g}" if speeds else "-"
    first = attempts[0]
    counted = (share("wrong"), share("refused"), share("no answer"))
    return first.model, first.style, str(len(attempts)), *counted, middle, worst
