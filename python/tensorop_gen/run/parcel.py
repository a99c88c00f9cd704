"""A call on its way to another host: the name of a function, and data; a built candidate goes as its programs."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tensorop_gen.build import Built
from tensorop_gen.build.harness import Harness


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a Built consists of where it is run."""

    candidate: bytes
    verifier: bytes
    hash: str
    sizes: dict[str, int]
    operator: str

    def unpacked(self, folder: Path) -> Built:
        """As files of a new folder."""
        folder.mkdir()
        for name, content in (("candidate", self.candidate), ("verifier", self.verifier)):
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o700)
        return Built(folder / "candidate", Harness(folder / "verifier", (), self.hash), self.sizes, self.operator)


def packed(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """function: of a module, found by its name at the other end."""
    read = functools.cache(Path.read_bytes)  # so that a verifier that two candidates share goes once

    def wrapped(argument: Any) -> Any:
        if not isinstance(argument, Built):
            return argument
        harness = argument.harness
        return Parcel(
            read(argument.executable), read(harness.verifier), harness.hash, dict(argument.sizes), argument.operator
        )

    return pickle.dumps((function, tuple(map(wrapped, arguments))))


def unpacked(content: bytes, folder: Path) -> tuple[Callable[..., Any], list[Any]]:
    """folder: for the programs."""
    function, arguments = pickle.loads(content)
    unpacked = [a.unpacked(folder / str(n)) if isinstance(a, Parcel) else a for n, a in enumerate(arguments)]
    return function, unpacked
