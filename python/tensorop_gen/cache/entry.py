"""A set of named files sealed by a manifest with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MANIFEST = "manifest.json"


class DamagedError(ValueError):
    """An entry is not what was written."""


def seal(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, whose names have no folders, and their manifest."""
    if nested := [name for name in files if "/" in name]:
        raise ValueError(f"names of files in an entry have no folders: {', '.join(nested)}")
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = json.dumps({"schema": 1, "files": hashes}, indent=1, sort_keys=True)
    return {**files, MANIFEST: manifest.encode()}


def unseal(read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """The files of an entry without its manifest, every hash checked; read gives a file's content, None if missing.

    Raises DamagedError that names the first fault."""
    try:
        hashes = json.loads(read(MANIFEST) or b"")["files"]
        wanted = {str(name): str(digest) for name, digest in hashes.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedError(f"{MANIFEST} is missing or unreadable") from None
    files = {}
    for name, digest in wanted.items():
        content = read(name)
        if content is None:
            raise DamagedError(f"{name} is missing")
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedError(f"{name} has other content than was written")
        files[name] = content
    return files
