"""The options of a model on the command line, and the command that reads manuals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hardware.manual.readings import answer
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
    assert "the instruction set of X9" in (said := capfd.readouterr().err)
    assert "not found in x9.txt" in " ".join(said.split())
    assert not list(tmp_path.glob("*.yaml"))


def test_the_digest_of_a_chip_stands_in_for_its_manual(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with serving(says(answer("Graviton2"))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        assert run("factors", "Graviton2", "--llm", "fake") == 0
    assert "l2_bytes       1048576   [page 2: Each core has an L2 cache of 1 MB.]" in capsys.readouterr().out
    assert read(tmp_path / "graviton2.yaml").cores == 64
    monkeypatch.setenv("TENSOROP_TARGET_PATH", str(tmp_path))
    assert run("targets", "aws graviton 2") == 0  # by any of its names
    assert "digest neoverse-n1, page 2" in capsys.readouterr().out


def test_without_digest_and_manual_it_is_said_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("factors", "Example", "X9", "--llm", "fake") == 2
    said = capsys.readouterr().err
    assert 'no digest of "Example X9"' in said
    assert "--manual FILE" in said
    assert "AWS Graviton2" in said
    assert run("factors", "rpi 5", "--llm", "fake") == 2
    assert "tensorop-gen targets cortex-a76" in capsys.readouterr().err


def test_a_chip_with_a_digest_is_described_and_generated_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(way, "find_toolchain", stop)
    request = ("generate", "sgemm for rk3566", "--author", "builtin", "--llm", "fake")
    with serving(says(answer("rk3566"))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(Reached, match="aarch64-linux-gnu"):
            main(list(request))
    assert read(tmp_path / "rk3566.yaml").clock_ghz == 1.8


def test_a_chip_with_a_digest_needs_a_model(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("generate", "sgemm for rk3566") == 2
    assert 'tensorop-gen factors "rk3566" --llm MODEL' in capsys.readouterr().err
    assert not list(tmp_path.glob("*.yaml"))


class Reached(Exception):  # noqa: N818  # no error
    """The run has what it needs to know of the chip."""


def stop(triple: str) -> None:
    raise Reached(triple)
