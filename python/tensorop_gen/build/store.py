"""Built files that are kept: named by what they are made from, complete or not there at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """TENSOROP_CACHE_DIR, else the user's cache."""
    given = os.environ.get("TENSOROP_CACHE_DIR")
    return Path(given) if given else Path(platformdirs.user_cache_dir("tensorop"))


def tools_dir() -> Path:
    """Programs fetched for this project alone: TENSOROP_TOOLS_DIR, else a folder of the user's."""
    given = os.environ.get("TENSOROP_TOOLS_DIR")
    return Path(given) if given else Path(platformdirs.user_data_dir("tensorop")) / "tools"


def digest(parts: Iterable[str | bytes]) -> str:
    """One SHA-256 over the parts, each told from the next."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return total.hexdigest()


def kept(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, made by make(<temporary folder>) and one rename if it is not there yet. Two at once: one wins."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        make(temporary)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder
