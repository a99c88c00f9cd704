"""Stage 16: the command line. Everything heavy is imported inside the commands, so that --help is quick."""

from __future__ import annotations

import sys

from tensorop_gen.cli import (  # noqa: F401  (each adds its commands to the app)
    cache,
    cuda,
    factors,
    generate,
    history,
    inspect,
    model,
    prove,
    report,
)
from tensorop_gen.cli.app import app, command_names

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Runs tensorop-gen. A sentence is the default command: `tensorop-gen "sgemm for this machine"`."""
    app(with_command(sys.argv[1:] if arguments is None else arguments), prog_name="tensorop-gen")


def with_command(given: list[str]) -> list[str]:
    """Puts `generate` before what begins with no command."""
    if not given:
        return ["--help"]
    return given if given[0] in {*command_names(), "--help", "--version"} else ["generate", *given]
