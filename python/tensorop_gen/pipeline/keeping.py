"""A host's part in a fleet: its board is held against the target that it is said to have, then kept for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.hardware.board import agreed
from tensorop_gen.hardware.library import find
from tensorop_gen.hardware.machine import read_machine
from tensorop_gen.pipeline.board import target_on
from tensorop_gen.request.model import RequestError
from tensorop_gen.run import find_runner, on_board, on_fleet
from tensorop_gen.run.scheduler import require_dask, scheduler_address

if TYPE_CHECKING:
    from collections.abc import Callable


def keep_board(address: str, target: str, on: str, note: Callable[[str], None]) -> None:
    """Until the board or the scheduler at the address is lost. on: a board, or "local" for this machine itself.

    Raises HardwareError where it is not that target, RequestError, ToolMissing, BoardError, BoardLost."""
    scheduler = scheduler_address(address)
    require_dask()
    from tensorop_gen.run.keeper import serve

    if on_fleet(on) or not (on_board(on) or on == "local"):
        raise RequestError(f"--on {on} is no board that a worker can keep: it is ssh://user@host, or local")
    factors = find(target)
    if on_board(on):
        target_on(target, on, note)
    else:
        agreed(read_machine(), factors, "local")
    serve(scheduler, factors.name, on, find_runner(factors, on), note)
