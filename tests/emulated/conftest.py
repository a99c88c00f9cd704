"""The library with all targets of an architecture, cross-compiled once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import Toolchain, find_toolchain
from tensorop_gen.emit.model import Part
from tensorop_gen.emit.project import project, write
from tensorop_gen.hardware.library import all_targets
from tensorop_gen.request.model import Request

REQUEST = Request("sgemm for a test")
PORTABLE = "generic"


@dataclass(frozen=True)
class Library:
    """folder: its sources; each object stands beside its source, as source.o."""

    folder: Path
    toolchain: Toolchain

    @property
    def includes(self) -> list[str]:
        return [f"-I{self.folder / name}" for name in (".", "include", "runtime", "generic")]

    def objects(self, suffix: str) -> list[Path]:
        return sorted(self.folder.rglob(f"*{suffix}.o"))

    def program(self, *sources: Path) -> Path:
        """An executable of sources and the library, all static."""
        executable = self.folder / sources[0].stem
        words = ["-O1", "-Wall", "-Wextra", "-Werror", *self.includes, *map(str, sources)]
        words += [*map(str, self.objects("")), "-static", "-pthread", "-lm", "-o", str(executable)]
        done = self.toolchain.run(words)
        assert done.returncode == 0, done.stderr
        return executable


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Library]:
    """library(arch)."""

    @cache
    def make(arch: str) -> Library:
        toolchain = find_toolchain(f"{arch}-linux-gnu")
        targets = [t for t in all_targets() if t.arch == arch and t.isa != PORTABLE]
        assert targets, f"no target for {arch}"
        folder = tmp_path_factory.mktemp(arch)
        # Proven by the matrix, not here.
        write(project([Part(BuiltinAuthor().write(REQUEST, t), "") for t in targets], toolchain.triple), folder)
        made = Library(folder, toolchain)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda source: _compile(made, source), sorted(folder.rglob("*.[cS]"))))
        return made

    return make


def _compile(library: Library, source: Path) -> None:
    flags = library.toolchain.c_flags if source.suffix == ".c" else library.toolchain.asm_flags
    words = [*flags, *library.includes, "-DTENSOROP_THREADS_PTHREAD=1"]
    done = library.toolchain.run([*words, "-c", str(source), "-o", f"{source}.o"])
    assert done.returncode == 0, done.stderr


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program that must succeed."""
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done
