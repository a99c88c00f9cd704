"""From a digest to proven kernels: a chip of which no target's file was there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hardware.manual.readings import answer
from tests.llm.server import says, serving

from tensorop_gen.cli import main


@pytest.mark.parametrize("chip", ["Graviton2", "SiFive X280"])
def test_the_generator_takes_what_was_drafted(
    chip: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    sentence = [f"sgemm for {chip}", "--tune", "off", "--emit", "sources", "--out", "made", "--cache", "kept"]
    with serving(says(answer(chip))) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(SystemExit) as stop:
            main([*sentence, "--author", "builtin", "--llm", "fake"])
    assert not stop.value.code, capsys.readouterr().err
    assert "cases passed" in capsys.readouterr().out
    name = chip.lower().replace(" ", "-")
    assert (tmp_path / f"{name}.yaml").exists()
    assert list((tmp_path / "made").rglob("*.S"))
    assert "digest " in (tmp_path / "made" / "record" / "hardware.json").read_text()
