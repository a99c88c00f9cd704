"""The targets that are described by a file, by name and alias."""

from __future__ import annotations

import difflib
import functools
import os
import re
from pathlib import Path

from tensorop_gen.hardware.model import HardwareError, HardwareFactors, UnknownTargetError
from tensorop_gen.hardware.schema import read

GPU_TRIPLE = "nvptx64-nvidia-cuda"  # of the files that hardware/gpu.py reads
PATH_VARIABLE = "TENSOROP_TARGET_PATH"  # more folders with target files, looked at first; separated as in PATH


def load(name: str) -> HardwareFactors:
    """The target of exactly this name; raises UnknownTargetError."""
    path = _files().get(name)
    if path is None or _is_gpu(path):
        raise UnknownTargetError(name, nearest(name))
    return _read(path)


def all_targets() -> tuple[HardwareFactors, ...]:
    """Every CPU, most specific first, then by name."""
    targets = [_read(path) for path in _files().values() if not _is_gpu(path)]
    return tuple(sorted(targets, key=lambda t: (t.arch, *(-int(part) for part in t.specificity), t.name)))


def find(text: str) -> HardwareFactors:
    """The target that a user's words name, whatever the spelling of spaces and dashes; raises UnknownTargetError."""
    wanted = plain(text)
    for target in all_targets():
        if wanted in map(plain, (target.name, target.title, *target.aliases)):
            return target
    if any(wanted.endswith(plain(path.stem)) for path in gpu_files()):
        raise HardwareError(f'"{text}" is a GPU: tensorop-gen generates for it, the other commands are for CPUs')
    raise UnknownTargetError(text, nearest(text))


def nearest(text: str) -> tuple[str, ...]:
    """Names of targets close to a text, else all of them."""
    names = {plain(word): target.name for target in all_targets() for word in (target.name, *target.aliases)}
    names |= {plain(path.stem): path.stem for path in gpu_files()}
    close = difflib.get_close_matches(plain(text), names, n=4, cutoff=0.5)
    return tuple(dict.fromkeys(names[word] for word in close)) or tuple(sorted(set(names.values())))


def gpu_files() -> tuple[Path, ...]:
    """The files that describe GPUs."""
    return tuple(path for path in _files().values() if _is_gpu(path))


def plain(text: str) -> str:
    """A name without what people spell in different ways."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@functools.cache
def _is_gpu(path: Path) -> bool:
    try:
        return re.search(rf"^triple: *{GPU_TRIPLE}\b", path.read_text(encoding="utf-8"), re.M) is not None
    except (OSError, UnicodeDecodeError):
        return False  # whoever reads it says what is wrong


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
