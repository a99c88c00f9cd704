"""The program that tells of a board what the library would find there."""

from __future__ import annotations

from pathlib import Path

from tensorop_gen.build.harness import compile_with, include_flags
from tensorop_gen.build.store import cache_dir, digest, kept
from tensorop_gen.build.toolchain import Toolchain
from tensorop_gen.source import source_root

_SOURCE = Path(__file__).with_name("facts.c")


def facts_program(toolchain: Toolchain) -> Path:
    """Compiled once per compiler and content. Raises BuildFailed."""
    runtime = source_root() / "kernels" / "runtime"
    sources = [_SOURCE, *sorted(runtime.glob("cpu_*.c"))]
    headers = [*sorted(runtime.glob("cpu*.h")), *sorted(runtime.glob("judge_*.h"))]
    flags = [*toolchain.c_flags, *toolchain.link_flags]
    name = digest([toolchain.identity, *flags, *(path.read_bytes() for path in (*sources, *headers))])[:32]

    def make(folder: Path) -> None:
        words = [*flags, *include_flags(), *map(str, sources), "-o", str(folder / "facts")]
        compile_with(toolchain, words, folder)

    return kept(cache_dir() / "facts" / name, make) / "facts"
