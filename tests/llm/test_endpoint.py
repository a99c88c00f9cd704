"""Which model is asked, and that its key is seen nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.llm.endpoint import find_endpoint, presets
from tensorop_gen.llm.model import SetupError

KEY = "sk-canary-0123456789"


def test_presets_are_whole() -> None:
    assert {"gpt-4o", "deepseek-v3", "claude-3.5-sonnet", "llama-3.1-405b", "ollama"} <= presets().keys()


def test_the_environment_comes_before_the_preset() -> None:
    given = {"TENSOROP_LLM_MODEL": "gpt-4o", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://10.0.0.1:9/v1"}
    endpoint = find_endpoint("", given)
    assert (endpoint.base_url, endpoint.model, endpoint.host) == ("http://10.0.0.1:9/v1", "gpt-4o", "10.0.0.1:9")
    assert endpoint.key.get_secret_value() == KEY
    assert KEY not in repr(endpoint) + str(endpoint) + endpoint.model_dump_json()


def test_the_file_comes_before_the_preset_and_after_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    file = tmp_path / "llm.yaml"
    file.write_text(
        f"model: mine\nkey_file: {tmp_path}/key\n"
        "presets:\n  mine: {base_url: 'http://localhost:1/v1', model: m-1, parameters: {seed: 3}}\n"
    )
    endpoint = find_endpoint("", {"TENSOROP_LLM_CONFIG": str(file)})
    assert (endpoint.model, endpoint.parameters, endpoint.key.get_secret_value()) == ("m-1", {"seed": 3}, KEY)
    endpoint = find_endpoint("", {"TENSOROP_LLM_CONFIG": str(file), "OPENAI_BASE_URL": "https://x/v1"})
    assert endpoint.base_url == "https://x/v1"


def test_a_local_server_wants_no_key(tmp_path: Path) -> None:
    assert find_endpoint("ollama", {"TENSOROP_LLM_CONFIG": str(tmp_path / "none")}).model == "llama3.1"


@pytest.mark.parametrize(
    ("model", "environ", "words"),
    [
        ("", {}, "no model is chosen"),
        ("gpt-4o", {}, "wants a key: set OPENAI_API_KEY"),
        ("who-is-this", {}, "is no preset"),
        ("who-is-this", {"OPENAI_BASE_URL": "ftp://x"}, "is no URL"),
        ("who-is-this", {"OPENAI_BASE_URL": "not a url"}, "is no URL"),
    ],
)
def test_what_is_missing_is_named(model: str, environ: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=words):
        find_endpoint(model, environ | {"TENSOROP_LLM_CONFIG": str(tmp_path / "none")})


@pytest.mark.parametrize("text", [f"key: [{KEY}]", f"kee: {KEY}", f"key: {{ {KEY}", f"- {KEY}", f"key_file: /no/{'x'}"])
def test_a_bad_file_is_named_without_its_key(text: str, tmp_path: Path) -> None:
    file = tmp_path / "llm.yaml"
    file.write_text(f"{text}\n")
    with pytest.raises(SetupError) as failed:
        find_endpoint("gpt-4o", {"TENSOROP_LLM_CONFIG": str(file)})
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_password_in_the_url_is_not_shown() -> None:
    endpoint = find_endpoint("m", {"OPENAI_BASE_URL": "http://user:secret-word@host:1/v1", "OPENAI_API_KEY": KEY})
    assert endpoint.host == "host:1"
    assert endpoint.redact(f"{KEY} http://user:secret-word@host") == "[key] http://user:[key]@host"
