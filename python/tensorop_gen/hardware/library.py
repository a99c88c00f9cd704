"""The targets that are described by a file, by name and alias."""

from __future__ import annotations

import difflib
import functools
import os
import re
from pathlib import Path

from tensorop_gen.hardware.model import HardwareError, HardwareFactors, UnknownTargetError
from tensorop_gen.hardware.schema import read

PATH_VARIABLE = "TENSOROP_TARGET_PATH"  # more folders with target files, looked at first; separated as in PATH


def load(name: str) -> HardwareFactors:
    """The target of exactly this name; raises UnknownTargetError."""
    path = _files().get(name)
    if path is None:
        raise UnknownTargetError(name, nearest(name))
    return _read(path)


def all_targets() -> tuple[HardwareFactors, ...]:
    """Every target, most specific first, then by name."""
    targets = [_read(path) for path in _files().values()]
    return tuple(sorted(targets, key=lambda t: (t.arch, *(-int(part) for part in t.specificity), t.name)))


def find(text: str) -> HardwareFactors:
    """The target that a user's words name, whatever the spelling of spaces and dashes; raises UnknownTargetError."""
    wanted = _plain(text)
    for target in all_targets():
        if wanted in map(_plain, (target.name, target.title, *target.aliases)):
            return target
    raise UnknownTargetError(text, nearest(text))


def nearest(text: str) -> tuple[str, ...]:
    """Names of targets close to a text, else all of them."""
    names = {_plain(word): target.name for target in all_targets() for word in (target.name, *target.aliases)}
    close = difflib.get_close_matches(_plain(text), names, n=4, cutoff=0.5)
    return tuple(dict.fromkeys(names[word] for word in close)) or tuple(sorted(set(names.values())))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _files() -> dict[str, Path]:
    folders = [Path(p) for p in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if p]
    folders.append(Path(__file__).parent / "targets")
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            files.setdefault(path.stem, path)
    return files


@functools.cache
def _read(path: Path) -> HardwareFactors:
    factors = read(path)
    if factors.name != path.stem:
        raise HardwareError(f'{path} describes "{factors.name}": file and target must have one name')
    return factors
