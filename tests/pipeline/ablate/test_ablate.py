"""What is held against what, and what the tables say of it. Verifier and clock are stand-ins; the answers are written
for the tests, no language model made them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.author.llm.scripted import RIGHT, SKETCH
from tests.llm.server import Reply, fails, says, serving
from tests.pipeline.conftest import GOOD, WRONG, Heard

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.hardware import library
from tensorop_gen.hardware.probe import runs
from tensorop_gen.llm import client
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.llm.model import SetupError
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.pipeline import LlmChoice, NotProvenError, workshop
from tensorop_gen.pipeline.ablate import bench as module
from tensorop_gen.pipeline.ablate.bench import SHAPES, Bench, open_bench
from tensorop_gen.pipeline.ablate.models import models
from tensorop_gen.pipeline.ablate.parts import authors, parts
from tensorop_gen.pipeline.ablate.policies import makers
from tensorop_gen.pipeline.ablate.search import policies
from tensorop_gen.request.model import Request, RequestError
from tensorop_gen.tune.model import Outcome

pytestmark = [
    pytest.mark.usefixtures("stand_ins"),
    pytest.mark.skipif(
        native_arch() != "x86_64" or not runs(library.load("x86-64-v3")), reason="this machine lacks AVX2"
    ),
]
TIMED = Measurement(
    shape=SHAPES[0], kind="measured", rounds=7, gflops=80.0, percent_of_peak=50.0, interval=(49, 51), before=2, after=3
)
FASTER = Outcome(gain=0.1, low=0.05, high=0.2)
NONSENSE = says("no kernel today")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(client, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(module, "measure", lambda *_, **__: (TIMED,))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(tmp_path / "none"))


@pytest.fixture
def bench(heard: Heard) -> Iterator[Bench]:
    with open_bench(Request("", target="x86-64-v3"), "", heard) as found:
        yield found


def fake(model: str = "fake") -> LlmChoice:
    return LlmChoice(model, LlmBudget(seconds=30), repairs=1)


def table(
    bench: Bench, replies: list[Reply], folder: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> tuple[tuple[str, ...], ...]:
    """Rows of Table 2 for one model, without the model's name."""
    with serving(*replies) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        found = models(bench, [fake()], 1, folder, heard)
    builtin, *rows = found.rows
    assert builtin[:2] == ("builtin", "-")
    assert {row[0] for row in rows} <= {"fake-1", "fake"}
    return tuple(row[1:] for row in rows)


def test_right_kernels_are_timed_with_their_error(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(bench, [says(SKETCH), says(RIGHT)], tmp_path, heard, monkeypatch)
    counted = ("1", "0 (0 %)", "0 (0 %)", "0 (0 %)", "80.00", "3")
    assert rows[0] == ("ours", *counted)
    assert [row[0] for row in rows] == ["ours", "vanilla", "cot"]
    assert rows[1][1:] == rows[2][1:] == counted


def test_a_baseline_has_one_answer_and_ours_may_mend(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(bench, [says(SKETCH), NONSENSE, says(RIGHT), NONSENSE, says(RIGHT)], tmp_path, heard, monkeypatch)
    right, refused = ("0 (0 %)", "0 (0 %)", "0 (0 %)"), ("0 (0 %)", "1 (100 %)", "0 (0 %)")
    assert [row[2:5] for row in rows] == [right, refused, right]
    assert [row[5] for row in rows] == ["80.00", "-", "80.00"]


def test_what_the_verifier_finds_wrong_is_counted_so(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = iter([GOOD])  # of the builtin kernel
    monkeypatch.setattr(workshop, "verify", lambda *_: next(verdicts, WRONG))
    rows = table(bench, [says(SKETCH), says(RIGHT)], tmp_path, heard, monkeypatch)
    assert [row[2:] for row in rows] == [("1 (100 %)", "0 (0 %)", "0 (0 %)", "-", "-")] * 3


def test_a_broken_server_is_no_answer_and_a_refused_key_ends_it(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(bench, [fails(500)], tmp_path, heard, monkeypatch)
    assert [row[4] for row in rows] == ["1 (100 %)"] * 3
    with pytest.raises(SetupError, match="does not accept the key"):
        table(bench, [fails(401)], tmp_path, heard, monkeypatch)


def test_a_spent_budget_ends_with_what_there_is_and_says_so(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the second kernel with our prompt only the sketch is heard: an answer takes 12 tokens."""
    with serving(says(SKETCH), says(RIGHT), says(SKETCH), says(RIGHT)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        small = dataclasses.replace(fake(), budget=LlmBudget(tokens=30))
        found = models(bench, [small], 2, tmp_path, heard)
    assert [row[:6] for row in found.rows[1:]] == [("fake-1", "ours", "1", "0 (0 %)", "0 (0 %)", "0 (0 %)")]
    assert any("fake-1: ended after 1 of 6 kernels: the budget for the model is spent" in note for note in found.notes)


def test_a_transcript_gives_the_same_table(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = table(bench, [says(SKETCH), NONSENSE, says(RIGHT)], tmp_path, heard, monkeypatch)
    monkeypatch.delenv("OPENAI_API_KEY")
    again = models(bench, [fake(f"replay:{tmp_path / 'ablate-0.jsonl'}")], 1, tmp_path / "again", heard)
    assert tuple(row[1:] for row in again.rows[1:]) == first


def test_answers_that_people_carried(bench: Bench, tmp_path: Path) -> None:
    """Each prompt is carried once, and every further answer has a folder of its own; all are counted."""
    heard = _Carrier()
    found = models(bench, [fake(f"relay:{tmp_path / 'relay'}")], 2, tmp_path / "t", heard)
    assert [row[:3] for row in found.rows[1:]] == [("by hand", style, "2") for style in ("ours", "vanilla", "cot")]
    assert heard.stages[-1].startswith("llm: 8 questions")
    for folder in (tmp_path / "relay", tmp_path / "relay" / "2"):
        assert len(list(folder.glob("*.answer.md"))) == 4


class _Carrier(Heard):
    """Puts the answer where it is waited for, as soon as that is told."""

    def note(self, text: str) -> None:
        path = Path(text.removeprefix("waiting for ").split(": the answer to ")[0])
        path.write_text(f"model: by hand\n{SKETCH if 'sketch' in path.name else RIGHT}")


def test_parts_have_equal_budgets_and_a_failure_is_a_row(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch, outcomes: list[Outcome]
) -> None:
    outcomes += [*[Outcome(reason="no such block")] * 3, *[FASTER] * 3]
    with serving(says(RIGHT), NONSENSE) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        who = authors(bench, fake(), tmp_path / "t.jsonl", heard)
        who = {name: who[name] for name in ("model, vanilla prompt", "builtin", "model, our prompt")}
        found = parts(bench, who, 0, 3, heard)
    assert [row[:2] for row in found.rows] == [
        ("model, vanilla prompt", "no tuning"),
        ("model, vanilla prompt", "3 trials"),
        ("builtin", "no tuning"),
        ("builtin", "3 trials"),
        ("model, our prompt", "-"),
    ]
    assert not outcomes
    assert "no usable answer" in found.rows[-1][-1]
    assert found.kind == "measured"
    assert len(found.figure.bars) == 4


def test_policies_have_the_same_start_and_trials(
    bench: Bench, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch, outcomes: list[Outcome]
) -> None:
    outcomes += [FASTER, *[Outcome(reason="does not build")] * 5] * 4
    with serving(says('{"kinds": ["unroll"], "why": "x"}'), says('{"actions": ["unroll=1"]}'), fails(401)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        makes = makers(bench.factors, fake(), tmp_path / "t.jsonl", heard)
        author = BuiltinAuthor()
        shop = bench.shop(author)
        first = shop.prove(author.write(bench.request, bench.factors))
        found = policies(bench, shop, first, makes, 1, 6, heard)
    assert [row[0] for row in found.rows] == ["llm", "history", "fixed", "random"]
    assert heard.trials[0].change == "unroll=1"
    assert {row[1:] for row in found.rows} == {("1.105", "1.105", "5", "0.5")}
    assert all(len(line) == 6 for line in found.figure.lines.values())


def test_a_target_that_is_not_here_is_modelled(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_runner", lambda *_: _Emulated())
    monkeypatch.setattr(module, "find_toolchain", lambda _: _Tools())
    with open_bench(Request("", target="cortex-a76"), "", heard) as found:
        author = BuiltinAuthor()
        shop = found.shop(author)
        first = workshop.Proven(author.write(found.request, found.factors), None, GOOD)  # type: ignore[arg-type]
        result = policies(found, shop, first, makers(found.factors, None, Path(), heard), 2, 4, heard)
        assert 10 < found.speed(first).value < 16
        of_the_loop = found.kernel_speed(first)
        assert found.speed(first).value < of_the_loop.value <= 16
        assert of_the_loop.model
    assert result.kind == "modelled"
    assert all(float(value) >= 1 for row in result.rows for value in row[1:-2])


class _Emulated:
    kind, away = "emulated", False


@dataclasses.dataclass
class _Tools:
    compiler: tuple[str, ...] = ("cc",)
    away: bool = False

    def require(self, _: str) -> None: ...


def test_what_cannot_be_ablated_is_refused(heard: Heard) -> None:
    with pytest.raises(RequestError, match="not of dot"), open_bench(Request("", operator="dot"), "", heard):
        pass
    with pytest.raises(RequestError, match="not on a fleet"), open_bench(Request(""), "fleet:host", heard):
        pass


def test_a_target_that_this_machine_cannot_run_is_refused(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "lacks_instructions", lambda *_: True)
    with pytest.raises(NotProvenError, match="lacks the instructions"), open_bench(Request(""), "", heard):
        pass
