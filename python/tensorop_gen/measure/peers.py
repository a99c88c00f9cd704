"""The libraries that are compared: the peers' names, where they are found, how they are installed."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.shapes import flops
from tensorop_gen.measure.tools import shared_libxsmm
from tensorop_gen.request.model import RequestError
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tensorop_gen.request.model import Shape

VENV = ".venv-peers"  # where `make bench-peers` installs bench/peers.txt
PEERS_DIR = "TENSOROP_PEERS"  # environment variable: another folder that they were installed into


@dataclass(frozen=True, slots=True)
class Library:
    """A BLAS to be measured. most_flops: larger problems are not its business (None: all are)."""

    name: str
    path: Path
    env: Mapping[str, str] = field(default_factory=dict)
    most_flops: float | None = None

    def takes(self, shape: Shape) -> bool:
        return self.most_flops is None or (flops(shape) <= self.most_flops and shape.layout == "NN")


@dataclass(frozen=True, slots=True)
class Peer:
    """patterns: files to look for, below the folders searched, the first found counts. group: its name on the command
    line, where several versions of one library stand under one name."""

    name: str
    group: str
    patterns: tuple[str, ...]
    install: str
    env: Mapping[str, str] = field(default_factory=dict)
    most_flops: float | None = None


_VENV_HINT = f"make bench-peers, or pip install -r bench/peers.txt into a folder named by {PEERS_DIR}"
_MKL_ENV = {"MKL_INTERFACE_LAYER": "LP64", "MKL_THREADING_LAYER": "INTEL", "MKL_DYNAMIC": "FALSE"}

PEERS = (
    Peer("OpenBLAS", "openblas", ("lib/python*/site-packages/scipy_openblas32/lib/libscipy_openblas.so",), _VENV_HINT),
    Peer("MKL", "mkl", ("lib/libmkl_rt.so.*",), _VENV_HINT, _MKL_ENV),
    Peer("oneDNN 3.13", "onednn", ("lib/libdnnl.so.3.13",), _VENV_HINT),
    Peer("oneDNN 3.2", "onednn", ("lib/libdnnl.so.3.2",), _VENV_HINT),
    Peer("LIBXSMM", "libxsmm", ("lib/libxsmm.so", "lib/*/libxsmm.so", "lib/libxsmm.a", "lib/*/libxsmm.a"),
         "apt-get install libxsmm-dev", most_flops=2.0 * 64**3),
)  # fmt: skip

_ELSEWHERE = (source_root() / VENV, Path(sys.prefix), Path("/usr/local"), Path("/usr"))


@dataclass(frozen=True, slots=True)
class Missing:
    """A peer that was asked for and is not there."""

    name: str
    install: str


def find_peers(groups: Iterable[str], folder: Path | None = None) -> tuple[tuple[Library, ...], tuple[Missing, ...]]:
    """The peers of these groups ("all": every one), and those that are not installed."""
    wanted = tuple(groups)
    known = {peer.group for peer in PEERS}
    unknown = [name for name in wanted if name not in known | {"all"}]
    if unknown:
        raise RequestError(f'no peer is called "{unknown[0]}": they are {", ".join(sorted(known))}')
    found, missing = [], []
    for peer in PEERS:
        if peer.group in wanted or "all" in wanted:
            path = _locate(peer, _roots(folder))
            if path is None:
                missing.append(Missing(peer.name, peer.install))
            else:
                found.append(Library(peer.name, _shared(path), _environment(peer, path), peer.most_flops))
    return tuple(found), tuple(missing)


def own_library(text: str) -> Library:
    """PATH or NAME=PATH, as given on the command line."""
    name, _, path = text.rpartition("=")
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise MeasureError(f"there is no library {path}")
    searched = os.environ.get("LD_LIBRARY_PATH")
    return Library(name or file.name.split(".")[0].removeprefix("lib"), file,
                   {"LD_LIBRARY_PATH": searched} if searched else {})  # fmt: skip


def _roots(folder: Path | None) -> tuple[Path, ...]:
    named = os.environ.get(PEERS_DIR)
    given = [folder] if folder else [Path(named)] if named else []
    return (*given, *_ELSEWHERE)


def _locate(peer: Peer, roots: tuple[Path, ...]) -> Path | None:
    return next((path for root in roots for pattern in peer.patterns for path in sorted(root.glob(pattern))), None)


def _shared(path: Path) -> Path:
    return shared_libxsmm(path) if path.suffix == ".a" else path


def _environment(peer: Peer, path: Path) -> dict[str, str]:
    """Wheels put their libraries' own needs beside them, without saying so in the file."""
    return {**peer.env, "LD_LIBRARY_PATH": str(path.parent)} if path.parts[1] != "usr" else dict(peer.env)
