"""Where a model is and how it is asked: presets, the user's configuration file, the environment, in rising order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
import yaml
from pydantic import Field, SecretStr, ValidationError

from tensorop_gen.llm.model import Frozen, SetupError

MODEL_VARIABLE, URL_VARIABLE, KEY_VARIABLE = "TENSOROP_LLM_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"
CONFIG_VARIABLE = "TENSOROP_LLM_CONFIG"
_NO_KEY = "none"  # servers that want no key are sent this


class Price(Frozen):
    """Dollars for a million tokens, as published at `date`."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    date: str


class Preset(Frozen):
    """key: whether the server wants one."""

    base_url: str
    model: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    price: Price | None = None
    key: bool = True


class Config(Frozen):
    """The configuration file. key_file: a file that holds the key and nothing else."""

    model: str | None = None
    base_url: str | None = None
    key: SecretStr | None = None
    key_file: Path | None = None
    presets: dict[str, Preset] = Field(default_factory=dict)


class Endpoint(Frozen):
    """One model behind one URL."""

    base_url: str
    model: str
    key: SecretStr
    parameters: dict[str, Any] = Field(default_factory=dict)
    price: Price | None = None

    @property
    def host(self) -> str:
        """What may be shown of the URL: a URL can hold a password."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname or '?'}:{parts.port}" if parts.port else parts.hostname or "?"

    def redact(self, text: str) -> str:
        """The text without the key, wherever it came from."""
        for secret in (self.key.get_secret_value(), urlsplit(self.base_url).password or ""):
            if len(secret) > len(_NO_KEY):
                text = text.replace(secret, "[key]")
        return text


def find_endpoint(model: str = "", environ: Mapping[str, str] = os.environ) -> Endpoint:
    """model: a preset's name or a model's own; empty: as configured. Raises SetupError."""
    config = _config(Path(environ.get(CONFIG_VARIABLE) or platformdirs.user_config_path("tensorop") / "llm.yaml"))
    name = model or environ.get(MODEL_VARIABLE) or config.model or ""
    if not name:
        raise SetupError(
            f"no model is chosen: give --llm MODEL or set {MODEL_VARIABLE} (presets: {', '.join(presets())})"
        )
    preset = (presets() | config.presets).get(name)
    url = environ.get(URL_VARIABLE) or config.base_url or (preset.base_url if preset else "")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        problem = f"{URL_VARIABLE} is no URL" if url else f'"{name}" is no preset, and no server is named'
        raise SetupError(f"{problem}: set {URL_VARIABLE} to the server's, such as http://127.0.0.1:8080/v1")
    key = environ.get(KEY_VARIABLE) or _configured_key(config)
    if not key and preset and preset.key:
        raise SetupError(f"{name} wants a key: set {KEY_VARIABLE}, or key_file in the configuration file")
    return Endpoint(
        base_url=url,
        model=preset.model if preset else name,
        key=SecretStr(key or _NO_KEY),
        parameters=preset.parameters if preset else {},
        price=preset.price if preset else None,
    )


def presets() -> dict[str, Preset]:
    content = yaml.safe_load((Path(__file__).parent / "presets.yaml").read_text(encoding="utf-8"))
    return {name: Preset.model_validate(values) for name, values in content["presets"].items()}


def _config(path: Path) -> Config:
    """Values of the file are never part of an error: one of them is the key."""
    if not path.is_file():
        return Config()
    try:
        return Config.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SetupError(f"{path} does not fit: {faults}") from None
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"{path} cannot be read ({type(error).__name__}): mend or remove it") from None


def _configured_key(config: Config) -> str:
    if config.key:
        return config.key.get_secret_value()
    if config.key_file is None:
        return ""
    try:
        return config.key_file.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SetupError(f"key_file {config.key_file} cannot be read: {error.strerror}") from None
