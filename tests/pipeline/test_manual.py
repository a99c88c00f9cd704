"""A chip's digest, read by a strong language model: its answers as they came, replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.cli.console import QuietReporter
from tensorop_gen.hardware.schema import read
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.llm.transcript import read_transcript
from tensorop_gen.pipeline import LlmChoice
from tensorop_gen.pipeline.manual import read_manual

RECORDED = Path(__file__).parents[1] / "author" / "llm" / "recorded" / "digests.jsonl"
# By chip: how many facts it gave, all of which stand in the digest, and some of them.
SAID = {
    "Graviton2": (11, {"isa": "neon", "cores": 64, "l2_bytes": 1 << 20, "flops_per_cycle": 16}),
    "SG2042": (9, {"isa": "rvv071", "cores": 64, "l1d_ways": 2, "l2_shared_by": 4}),
    "RK3568": (11, {"isa": "neon", "clock_ghz": 1.992, "l2_bytes": 512 << 10, "flops_per_cycle": 8}),
}


@pytest.mark.parametrize("chip", SAID)
def test_what_it_says_stands_in_the_digest(chip: str, tmp_path: Path) -> None:
    choice = LlmChoice(f"replay:{RECORDED}", LlmBudget())
    report = read_manual(chip, None, choice, QuietReporter(), tmp_path / "cache")
    count, some = SAID[chip]
    facts = {fact.name: fact.value for fact in report.found.facts}
    assert len(facts) == count
    assert not report.found.refused
    assert some.items() <= facts.items()
    file = tmp_path / f"{chip.lower()}.yaml"
    file.write_text(report.target)
    assert read(file).name == chip.lower()


def test_the_exchange_is_kept(tmp_path: Path) -> None:
    choice = LlmChoice(f"replay:{RECORDED}", LlmBudget())
    read_manual("Graviton2", None, choice, QuietReporter(), tmp_path)
    (kept,) = (tmp_path / "transcripts").iterdir()
    (exchange,) = read_transcript(kept)
    assert exchange.prompt.task == "factors"
