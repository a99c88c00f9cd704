"""Candidates that cheat: the planted one, with what a test writes in place of its work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tensorop_gen.build import Built, build, find_toolchain
from tensorop_gen.verify.folder import Folder

HERE = Path(__file__).parent

Cheat = Callable[..., Built]


def cheats(factory: pytest.TempPathFactory, **always: str) -> Cheat:
    """cheat(RUN="...") builds the candidate whose whole calls do that (C: path, g, workspace; HONEST does the work);
    cheat(COMPUTE="...") likewise (k, a, b, c, ldc, t). always: done by all. What is unchanged is compiled once."""
    compiler = find_toolchain("x86_64-linux-gnu")
    kept = factory.mktemp("kept")
    source = {**Folder.read(HERE / "planted", "planted").files, **Folder.read(HERE / "cheats", "cheat").files}

    def make(**does: str) -> Built:
        defines = "".join(f"#define {name} {' '.join(text.split())}\n" for name, text in (always | does).items())
        files = source | {"cheat.c": defines + source["cheat.c"]}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TENSOROP_CACHE_DIR", str(kept))
            return build(Folder(files, "cheat"), compiler, factory.mktemp("cheat"), kept / "objects")

    return make
