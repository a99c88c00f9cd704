"""A folder of C and assembly files as a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """operator: whose calls prove it. files: name -> text; instance: C symbol of the tensorop_instance."""

    files: Mapping[str, str]
    instance: str
    params: None = None
    edges: tuple[int, ...] = ()
    operator: str = "gemm"

    @classmethod
    def read(cls, path: Path, instance: str) -> Folder:
        """All .c, .h and .S files directly in a folder."""
        files = {p.name: p.read_text() for p in sorted(path.iterdir()) if p.suffix in {".c", ".h", ".S"}}
        return cls(files, instance)
