"""Cache entries in one file, to carry to another machine."""

from __future__ import annotations

import io
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.cache.entry import DamagedError, seal, unseal
from tensorop_gen.cache.store import CacheError

if TYPE_CHECKING:
    from tensorop_gen.cache.store import Store


def export_archive(store: Store, file: Path) -> int:
    """Writes every whole entry into a .tar.gz; returns how many."""
    count = 0
    try:
        with tarfile.open(file, "w:gz") as archive:
            for entry in store.entries():
                files = store.read(entry)
                for name, content in seal(files).items() if files else ():
                    info = tarfile.TarInfo(f"{entry}/{name}")
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
                count += files is not None
    except OSError as error:
        file.unlink(missing_ok=True)
        raise CacheError(f"cannot write {file}: {error}") from error
    return count


def import_archive(store: Store, file: Path) -> tuple[int, tuple[str, ...]]:
    """Takes in every whole entry; returns how many, and what is wrong with the others."""
    folders: dict[str, dict[str, bytes]] = defaultdict(dict)
    try:
        with tarfile.open(file, "r:*") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None:
                    path = Path(member.name)
                    folders[str(path.parent)][path.name] = content.read()
    except (OSError, EOFError, tarfile.TarError) as error:
        raise CacheError(f"{file} is no archive of cache entries: {error}") from error
    faults = []
    for entry, files in folders.items():
        try:
            store.write(entry, unseal(files.get))
        except (DamagedError, ValueError) as error:  # noqa: PERF203  (one bad entry must not keep out the others)
            faults.append(f"{entry}: {error}")
    return len(folders) - len(faults), tuple(faults)
