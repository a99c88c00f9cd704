"""The prompts: templates beside this module, filled in."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tensorop_gen.llm.model import Message, Prompt

_FOLDER = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # text for a model, not HTML
    )


def render(template: str, **values: Any) -> str:
    """Raises jinja2.UndefinedError for a value that is not given."""
    return _environment().get_template(f"{template}.j2").render(**values).strip() + "\n"


def example(arch: str) -> str:
    """A kernel script for another task that shows the form."""
    return (_FOLDER / "examples" / f"{arch}.md").read_text(encoding="utf-8").strip()


def prompt(template: str, task: str = "", schema: dict[str, Any] | None = None, **values: Any) -> Prompt:
    """A whole question. task: the template's name unless given."""
    messages = (
        Message(role="system", content=render("system")),
        Message(role="user", content=render(template, **values)),
    )
    return Prompt(task=task or template, messages=messages, answer_schema=schema)
