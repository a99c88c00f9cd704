"""What both ends of a fleet have to agree on: where the Dask scheduler is, and what a worker offers."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re

import tensorop_gen
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.run.base import BoardError

SCHEME = "fleet:"
PORT = 8786  # Dask's own
CONNECT_SECONDS = 10.0
_RELEASE = "tensorop-gen "


def scheduler_address(text: str) -> str:
    """host, host:port or tcp://host:port as Dask writes it; raises BoardError."""
    found = re.fullmatch(r"((?:tcp|tls)://)?(\[[\w:.%]+\]|\w[\w.-]*)(?::(\d+))?", text)
    if found is None:
        raise BoardError(f'"{text}" is not the address of a Dask scheduler; write host:{PORT} or tcp://host:{PORT}')
    return f"{found[1] or 'tcp://'}{found[2]}:{found[3] or PORT}"


def no_scheduler(address: str, error: Exception) -> BoardError:
    """What is said where none answers."""
    return BoardError(f"no Dask scheduler answers at {address}: {error}\nstart one there: dask scheduler")


def resources(target: str) -> dict[str, float]:
    """What a worker offers, and what work for it asks for: one board with the target, and this release at both ends."""
    return {target: 1, f"{_RELEASE}{tensorop_gen.__version__}": 1}


def releases(offered: set[str]) -> str:
    """The release among what a worker offers."""
    return ", ".join(sorted(one.removeprefix(_RELEASE) for one in offered if one.startswith(_RELEASE)))


def targets(offered: set[str]) -> set[str]:
    """The targets among what a worker offers."""
    return {one for one in offered if not one.startswith(_RELEASE)}


def require_dask() -> None:
    """Raises ToolMissing."""
    if importlib.util.find_spec("distributed") is None:
        raise ToolMissing("fleets are held together by Dask, which is not there", "pip install 'tensorop-gen[fleet]'")
    importlib.import_module("distributed")  # which sets levels of its own
    for name in ("distributed", "distributed.client", "distributed.worker"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by us
