"""The options of a model on the command line, and the command that reads manuals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.llm.server import fails, says, serving

from tensorop_gen.cli import main

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
