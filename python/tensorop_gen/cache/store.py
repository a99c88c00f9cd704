"""Folders of files under one root that are whole or not there: hashed, written aside and renamed, locked."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import platformdirs

from tensorop_gen.cache.entry import MANIFEST, DamagedError, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT_VARIABLE = "TENSOROP_CACHE_DIR"
LOCK_SECONDS = 60.0
_ASIDE, _WRITING, _LOCK = ".damaged", ".writing", ".lock"


class CacheError(RuntimeError):
    """The cache cannot be read or written; the message says what to do. Never a reason to give up a run."""


def default_root() -> Path:
    """The user's cache folder, or what TENSOROP_CACHE_DIR says."""
    chosen = os.environ.get(ROOT_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("tensorop") / "kernels"


class Store:
    """Entries are named by relative paths. tell(message) hears of what is wrong with the cache."""

    def __init__(self, root: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        self.root = root or default_root()
        self.tell = tell

    def read(self, entry: str) -> dict[str, bytes] | None:
        """The entry's files; None where there is none, it is damaged (then it is set aside) or the cache unusable."""
        try:
            return self._read(entry)
        except CacheError as error:
            self.tell(str(error))
            return None

    def keep(self, entry: str, files: Mapping[str, bytes]) -> None:
        """Writes what only saves time: if it cannot be written, that is told and nothing else."""
        try:
            self.write(entry, files)
        except CacheError as error:
            self.tell(str(error))

    def write(self, entry: str, files: Mapping[str, bytes]) -> None:
        """Replaces the entry as a whole; other runs see the old one or the new one. Raises CacheError."""
        with self._locked():
            shutil.rmtree(self.root / _WRITING, ignore_errors=True)  # what a killed run left
            new, old = (self.root / _WRITING / uuid.uuid4().hex for _ in range(2))
            try:
                for name, content in seal(files).items():
                    _write_durably(new / name, content)
                folder = self._folder(entry)
                folder.parent.mkdir(parents=True, exist_ok=True)
                if folder.exists():
                    folder.rename(old)
                new.rename(folder)
                _sync_folder(folder.parent)
            finally:
                shutil.rmtree(self.root / _WRITING, ignore_errors=True)

    def remove(self, entry: str) -> None:
        with self._locked():
            shutil.rmtree(self._folder(entry))

    def entries(self) -> tuple[str, ...]:
        """Names of all entries, sorted; whether they are whole is not looked at."""
        folders = (path.parent.relative_to(self.root) for path in self.root.rglob(MANIFEST))
        return tuple(sorted(str(folder) for folder in folders if not folder.parts[0].startswith(".")))

    def check(self) -> tuple[str, ...]:
        """Reads every entry; returns the names of the damaged ones, which are set aside."""
        return tuple(entry for entry in self.entries() if self._read(entry) is None)

    def clear(self) -> int:
        """Removes every entry and what was set aside, nothing else; returns how many entries there were."""
        entries = self.entries()
        for entry in entries:
            self.remove(entry)
        with self._locked():
            shutil.rmtree(self.root / _ASIDE, ignore_errors=True)
        return len(entries)

    def _read(self, entry: str) -> dict[str, bytes] | None:
        if not self._folder(entry).is_dir():
            return None
        with self._locked():
            try:
                return unseal(lambda name: _content(self._folder(entry) / name))
            except DamagedError as error:
                self._set_aside(entry, str(error))
                return None

    def _folder(self, entry: str) -> Path:
        parts = Path(entry).parts
        if not parts or Path(entry).is_absolute() or any(part.startswith(".") for part in parts):
            raise ValueError(f'"{entry}" is no name of a cache entry')
        return self.root.joinpath(*parts)

    def _set_aside(self, entry: str, why: str) -> None:
        aside = self.root / _ASIDE / f"{entry.replace('/', '_')}-{uuid.uuid4().hex[:8]}"
        aside.parent.mkdir(exist_ok=True)
        self._folder(entry).rename(aside)
        self.tell(f"cache entry {entry} is damaged ({why}); set aside as {aside}, it will be made anew")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One run at a time; turns the system's errors into CacheError."""
        advice = f"choose another folder with --cache or {ROOT_VARIABLE}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.root / _LOCK, timeout=LOCK_SECONDS):
                yield
        except filelock.Timeout:
            raise CacheError(f"another run has held the cache {self.root} for a minute; {advice}") from None
        except OSError as error:
            raise CacheError(f"the cache {self.root} cannot be used: {error}; free some room, or {advice}") from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
