"""The planted candidate: right as it is, wrong in one way for each name that it knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tensorop_gen.build import Built, Toolchain, build, find_toolchain
from tensorop_gen.verify.folder import Folder

PLANTED = Path(__file__).parent / "planted"
TRIPLE = "x86_64-linux-gnu"

Plant = Callable[..., Built]


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(TRIPLE)


@pytest.fixture(scope="session")
def planted(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """planted(bug) builds the candidate with that bug, planted("") without any; planted(bug, toolchain) for another
    machine. One harness serves all."""
    harness_cache = str(tmp_path_factory.mktemp("harness"))

    def make(bug: str, compiler: Toolchain = toolchain) -> Built:
        define = f"#define {bug}\n" if bug else ""
        source = Folder.read(PLANTED, "planted")
        files = {name: define + text for name, text in source.files.items()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TENSOROP_CACHE_DIR", harness_cache)
            return build(Folder(files, "planted"), compiler, tmp_path_factory.mktemp(bug or "right"))

    return make


@pytest.fixture(scope="session")
def right(planted: Plant) -> Built:
    return planted("")
