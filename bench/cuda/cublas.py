"""Where cuBLAS is: among Python's packages, the toolkit's, the system's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def libraries(named: str | None) -> list[str]:
    """Files that may be it, the likeliest first; the named one alone where there is one."""
    return [named] if named else list(dict.fromkeys(map(str, _found())))


def environment(library: str) -> dict[str, str]:
    """What lets it find libcublasLt beside it, and all else where it was found before: the GPU's driver, say."""
    places = [str(Path(library).parent), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    return {"LD_LIBRARY_PATH": ":".join(places)} if "/" in library else {}


def _found() -> Iterator[Path]:
    """Newest first in each place; packages of Python's are those that its frameworks use."""
    folders = [Path(place) / "nvidia" for place in sys.path if place]
    folders += sorted(Path("/usr/local").glob("cuda*/targets/*/lib"), reverse=True)
    folders += [*sorted(Path("/usr/local").glob("cuda*/lib64"), reverse=True), Path("/usr/lib/x86_64-linux-gnu")]
    for folder in folders:
        yield from sorted(folder.rglob("libcublas.so.*"), reverse=True) if folder.is_dir() else ()
    try:
        said = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return
    yield from (Path(line.split("=> ")[1]) for line in said.splitlines() if "libcublas.so." in line and "=> " in line)
