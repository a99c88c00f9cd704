"""A fleet's end on a host: a Dask worker that owns one board, and does there what it is sent, one thing at a time."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from distributed import Reschedule, Worker, WorkerPlugin, get_worker

from tensorop_gen.run.base import BoardError, BoardLost, Runner
from tensorop_gen.run.board import BoardRunner
from tensorop_gen.run.parcel import unpacked
from tensorop_gen.run.scheduler import CONNECT_SECONDS, no_scheduler, resources

_LEAVE_SECONDS = 0.5


class Keeper(WorkerPlugin):
    """The board of this process. trouble: what it was lost by."""

    name = "tensorop-gen"

    def __init__(self, runner: Runner) -> None:
        self.runner, self.trouble = runner, ""

    def setup(self, worker: Worker) -> None:
        self.worker = worker

    def leave(self, trouble: str) -> None:
        """Soon, when that was told; what else was sent here goes to other workers."""
        loop, self.trouble = self.worker.loop, trouble
        loop.add_callback(loop.call_later, _LEAVE_SECONDS, self.worker.close, reason=trouble)


def perform(work: bytes) -> Any:
    """On a worker, in its thread: a call as parcel.py packs it, with the board's runner before its arguments.

    A worker whose board is lost leaves the fleet, and BoardLost goes to whoever sent the work."""
    keeper = cast(Keeper, get_worker().plugins[Keeper.name])
    if keeper.trouble:
        time.sleep(_LEAVE_SECONDS)
        raise Reschedule
    with tempfile.TemporaryDirectory(prefix="tensorop-") as folder:
        function, arguments = unpacked(work, Path(folder))
        try:
            return function(keeper.runner, *arguments)
        except BoardError as error:
            if isinstance(error, BoardLost) or not _answers(keeper.runner):
                keeper.leave(str(error))
                raise BoardLost(f"{error}; its worker leaves the fleet") from None
            raise


def _answers(runner: Runner) -> bool:
    try:
        return not isinstance(runner, BoardRunner) or runner.ask(["true"]) == ""
    except BoardError:
        return False


def serve(address: str, target: str, on: str, runner: Runner, ready: Callable[[str], None]) -> None:
    """Keeps a board for the scheduler at an address until one of them is lost. on: the board's address, in the worker's
    name, which no other may have at the same time. Raises BoardError, BoardLost."""
    asyncio.run(_serve(address, target, f"{on or 'local'} of {socket.gethostname()}", runner, ready))


async def _serve(address: str, target: str, name: str, runner: Runner, ready: Callable[[str], None]) -> None:
    keeper = Keeper(runner)
    try:
        worker = await Worker(
            address, nthreads=1, name=name, resources=resources(target), memory_limit=0, plugins=(keeper,),
            dashboard=False, death_timeout=CONNECT_SECONDS,
        )  # fmt: skip
    except (OSError, RuntimeError) as error:
        if "name taken" in str(error.__cause__):
            raise BoardError(f"{name} is kept by another worker already") from None
        raise no_scheduler(address, error) from None
    ready(f"{name} keeps {target} for {address}")
    await worker.finished()
    raise BoardLost(keeper.trouble or f"the Dask scheduler at {address} is there no more")
