"""Objects of CUDA sources, compiled once and kept. Needs nothing but Python and nvcc."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

FLAGS = ("-std=c++17", "-O3", "--expt-relaxed-constexpr", "-Xptxas=-v", "-Werror=all-warnings", "-diag-suppress=20012")
SECONDS = 900.0  # the largest kernels take a minute
_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


class CompileError(RuntimeError):
    """The compiler's own words."""


@dataclass(frozen=True)
class ObjectStore:
    """nvcc: the program. cutlass: the folder with cute/ and cutlass/. folder: where objects are kept, each named by
    everything that it was made from."""

    nvcc: Path
    cutlass: Path
    folder: Path

    def find(self, source: Path, includes: tuple[Path, ...], architecture: str) -> Path:
        """The object of a .cu for one architecture ("sm_80"), or of a .c; raises CompileError.

        Beside it lie the messages, in a file that ends in .log."""
        flags = self._flags(architecture) if source.suffix == ".cu" else []
        name = f"{source.stem}-{self._digest(source, includes, flags)}"
        kept = self.folder / f"{name}.o"
        if not kept.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{name}.{os.getpid()}.o"
            words = [str(self.nvcc), *flags, *(f"-I{path}" for path in (*includes, self.cutlass))]
            words += ["-c", str(source), "-o", str(part)]
            done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
            if done.returncode != 0:
                raise CompileError(f"{source.name} for {architecture}:\n{done.stderr or done.stdout}")
            kept.with_suffix(".log").write_text(done.stdout + done.stderr, encoding="utf-8")
            part.replace(kept)
        return kept

    def _flags(self, architecture: str) -> list[str]:
        number = architecture.removeprefix("sm_")
        return [*FLAGS, f"-gencode=arch=compute_{number},code=sm_{number}"]

    def _digest(self, source: Path, includes: tuple[Path, ...], flags: list[str]) -> str:
        """Of compiler, flags, source and all headers that it names in quotes; CUTLASS counts by its version."""
        digest = hashlib.sha256("\0".join([*flags, _version(self.nvcc), _version_of_cutlass(self.cutlass)]).encode())
        for path in _closure(source, includes):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]


def _closure(source: Path, includes: tuple[Path, ...]) -> list[Path]:
    """The source and the headers that it includes, directly or not, as far as they are among these folders."""
    found, left = {source}, [source]
    while left:
        path = left.pop()
        for name in _INCLUDE.findall(path.read_text(encoding="utf-8")):
            places = (folder / name for folder in (path.parent, *includes))
            header = next((place for place in places if place.is_file()), None)
            if header and header not in found:
                found.add(header)
                left.append(header)
    return sorted(found, key=lambda path: path.name)


@functools.cache
def _version(nvcc: Path) -> str:
    return subprocess.run([str(nvcc), "--version"], capture_output=True, text=True, check=True).stdout


@functools.cache
def _version_of_cutlass(cutlass: Path) -> str:
    return (cutlass / "cutlass" / "version.h").read_text(encoding="utf-8")
