"""The options of a model on the command line, and the command that reads manuals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.llm.server import fails, says, serving

from tensorop_gen.cli import main
from tensorop_gen.hardware.schema import read
from tensorop_gen.pipeline import way

KEY = "sk-canary-0123456789"
MANUAL = "The X9 has a quad-core design, a 32 KB L1 data cache, and implements RVV 1.0 with VLEN of 256 bits."
FACTS = {
    "facts": [
        {"name": "isa", "value": "rvv", "page": 1, "quotation": "implements RVV 1.0 with VLEN of 256 bits"},
        {"name": "cores", "value": 4, "page": 1, "quotation": "a quad-core design"},
        {"name": "l1d_bytes", "value": 65536, "page": 1, "quotation": "a 32 KB L1 data cache"},
    ]
}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(tmp_path / "none"))
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (tmp_path / "x9.txt").write_text(MANUAL)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return stop.value.code if isinstance(stop.value.code, int) else 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--author", "nobody"), "it is builtin or llm"),
        (("--author", "builtin", "--llm", "gpt-4o"), "asks no model"),
        (("--llm", "gpt-4o", "--llm-budget", "much"), "10m,200kt,2usd"),
        (("--policy", "llm"), "name one with --llm MODEL, relay:DIR or replay:FILE"),
        (("--policy", "best", "--llm", "gpt-4o"), "it is one of llm, history, fixed, random"),
    ],
)
def test_options_that_make_no_sense(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate", "sgemm for this machine", *words) == 2
    assert said in capsys.readouterr().err


def test_a_manual_of_an_unknown_chip_drafts_a_target(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with serving(says(json.dumps(FACTS))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert run("factors", "Example", "X9", "--manual", "x9.txt", "--llm", "fake") == 0
    said = capsys.readouterr().out
    assert "cores          4   [page 1: a quad-core design]" in said
    assert "l1d_bytes = 65536: its quotation does not give this value" in said
    assert "written: example-x9.yaml" in said
    monkeypatch.setenv("TENSOROP_TARGET_PATH", str(tmp_path))
    assert run("targets", "example-x9") == 0
    assert 'page 1: "a quad-core design"' in capsys.readouterr().out


def test_a_manual_of_a_known_chip_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with serving(says(json.dumps(FACTS))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert run("factors", "spacemit-k1", "--manual", "x9.txt", "--llm", "fake", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["known"]
    assert not told["written"]
    assert "cores = 4: it contradicts what is known: 8" in told["found"]["refused"]
    assert not list(tmp_path.glob("*.yaml"))


def test_no_answer_is_said_without_the_key(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(fails(401, f"wrong key {KEY}")) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert run("factors", "X9", "--manual", "x9.txt", "--llm", "fake") == 1
    said = "".join(capfd.readouterr())
    assert "does not accept the key" in said
    assert KEY not in said
    assert "Traceback" not in said


def test_no_manual(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("factors", "X9", "--manual", "none.pdf", "--llm", "fake") == 1
    assert "none.pdf cannot be read" in capsys.readouterr().err


def manual_of(*chip: str) -> tuple[str, ...]:
    options = ("--manual", "x9.txt", "--author", "builtin", "--llm", "fake", "--tune", "off", "--emit", "sources")
    return "generate", f"sgemm for {' '.join(chip)}", *options


def test_an_unknown_chip_with_a_manual_is_described_and_generated_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(way, "find_toolchain", stop)
    with serving(says(json.dumps(FACTS))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        for _ in range(2):
            with pytest.raises(Reached, match="riscv64-linux-gnu"):
                main(list(manual_of("Example", "X9")))
        assert len(fake.asked) == 1  # what it drafted is used from then on
    drafted = read(tmp_path / "example-x9.yaml")
    assert (drafted.cores, drafted.isa) == (4, "rvv")
    assert "a quad-core design" in drafted.sources["cores"]


def test_a_known_chip_keeps_its_facts_whatever_its_manual_says(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(way, "find_toolchain", stop)
    with serving(says(json.dumps(FACTS))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(Reached):
            main(list(manual_of("spacemit-k1")))
    said = capfd.readouterr().err
    assert "not believed: cores = 4: it contradicts what is known: 8" in " ".join(said.split())
    assert "spacemit-k1" in said
    assert not list(tmp_path.glob("*.yaml"))


@pytest.mark.parametrize(("chip", "goes_on"), [("X9", False), ("spacemit-k1", True)])
def test_without_an_answer_only_a_known_chip_goes_on(
    chip: str, goes_on: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(way, "find_toolchain", stop)
    with serving(fails(401)) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(Reached if goes_on else SystemExit):
            main(list(manual_of(chip)))
    assert "does not accept the key" in " ".join(capfd.readouterr().err.split())
    assert not list(tmp_path.glob("*.yaml"))


def test_a_manual_without_the_instruction_set_drafts_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with serving(says(json.dumps({"facts": FACTS["facts"][1:]}))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert run(*manual_of("X9")) == 1
    assert "does not tell the instruction set of X9" in capfd.readouterr().err
    assert not list(tmp_path.glob("*.yaml"))


class Reached(Exception):  # noqa: N818  # no error
    """The run has what it needs to know of the chip."""


def stop(triple: str) -> None:
    raise Reached(triple)
