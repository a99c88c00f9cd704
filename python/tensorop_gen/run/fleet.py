"""Many boards: each belongs to a Dask worker, and what is to be done on one is sent to a worker that has its target."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeVar

import tensorop_gen
from tensorop_gen.run.base import BoardError, BoardLost, RunKind
from tensorop_gen.run.parcel import packed
from tensorop_gen.run.scheduler import (
    CONNECT_SECONDS,
    SCHEME,
    no_scheduler,
    releases,
    require_dask,
    resources,
    scheduler_address,
    targets,
)

if TYPE_CHECKING:
    from distributed import Client, Future
    from typing_extensions import TypeVarTuple, Unpack

    from tensorop_gen.run.base import Runner

    Ts = TypeVarTuple("Ts")

T = TypeVar("T")

PATIENCE = 30.0  # seconds that a fleet may be without a worker for the target
_LOOK_SECONDS = 1.0  # from one look at who is there to the next
_POLL_SECONDS = 0.02


class FleetLost(BoardLost):
    """No board of a fleet can be had any more."""


class PoisonError(BoardLost):
    """Several workers were lost, one after the other, while they had the same piece of work."""


@dataclass
class Fleet:
    """The boards that have a target, in the place of one board's runner. tell: hears of workers that are lost."""

    address: str
    target: str
    client: Client
    tell: Callable[[str], None]
    kind: ClassVar[RunKind] = "measured"
    away: ClassVar[bool] = True
    _names: set[str] = field(default_factory=set)
    _empty_since: float | None = None

    def send(self, function: Callable[[Runner, Unpack[Ts]], T], *arguments: Unpack[Ts]) -> Future[T]:
        """function(runner of a board, *arguments) on the next board that is free; on another if its worker is lost
        meanwhile. function: one of a module."""
        from tensorop_gen.run.keeper import perform

        work = packed(function, arguments)
        return self.client.submit(perform, work, resources=resources(self.target), pure=False)

    def first(self, sent: Collection[Future[T]]) -> Future[T]:
        """The first that has ended. Raises FleetLost."""
        while True:
            self.look()
            until = time.monotonic() + _LOOK_SECONDS
            while time.monotonic() < until:
                if done := next((future for future in sent if future.done()), None):
                    return done
                time.sleep(_POLL_SECONDS)

    def result(self, sent: Future[T]) -> T:
        """Of what has ended. Raises what the function raised, BoardLost if its board was lost, PoisonError."""
        from distributed import KilledWorker

        try:
            return sent.result()
        except KilledWorker:
            raise PoisonError("one worker after the other was lost while it had this to do") from None
        except CancelledError as error:
            raise self._lost(error) from None

    def call(self, function: Callable[[Runner, Unpack[Ts]], T], *arguments: Unpack[Ts]) -> T:
        """The same, waited for; again on another board where one is lost."""
        while True:
            sent = self.send(function, *arguments)
            try:
                return self.result(self.first([sent]))
            except (FleetLost, PoisonError):
                raise
            except BoardLost as lost:
                self.tell(str(lost))
            finally:
                sent.cancel()

    def look(self) -> int:
        """How many boards can be had. Raises FleetLost where there has been none for too long."""
        names = {name for name, has in self.offers().items() if resources(self.target).keys() <= has}
        for lost in sorted(self._names - names):
            self.tell(f"the worker {lost} is gone; what it had to do goes to another")
        now = time.monotonic()
        self._names, self._empty_since = names, None if names else self._empty_since or now
        if self._empty_since is not None and now - self._empty_since >= PATIENCE:
            raise FleetLost(f"the fleet at {self.address} has had no worker for {self.target} for {PATIENCE:.0f} s")
        return len(names)

    def offers(self) -> dict[str, set[str]]:
        """By the names of all workers. Raises FleetLost."""
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        except OSError as error:
            raise self._lost(error) from None
        return {str(worker["name"]): set(worker["resources"]) for worker in workers}

    def _lost(self, error: BaseException) -> FleetLost:
        return FleetLost(f"the Dask scheduler at {self.address} is there no more: {error}")


@contextlib.contextmanager
def open_fleet(on: str, target: str, tell: Callable[[str], None]) -> Iterator[Fleet]:
    """on: as --on has it. Raises BoardError where nobody has the target, ToolMissing."""
    address = scheduler_address(on.removeprefix(SCHEME))
    require_dask()
    from distributed import Client

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of releases of Dask that differ a little
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise no_scheduler(address, error) from None
    with contextlib.closing(client):
        fleet = Fleet(address, target, client, tell)
        _require(fleet)
        yield fleet


def _require(fleet: Fleet) -> None:
    """Raises BoardError where no worker can be had; tells of those that have the target and another release."""
    offers = fleet.offers()
    having = {name: has for name, has in offers.items() if fleet.target in has}
    others = {name: has for name, has in having.items() if not resources(fleet.target).keys() <= has}
    for name, has in others.items():
        fleet.tell(
            f"the worker {name} has tensorop-gen {releases(has)} and is sent nothing: this is "
            f"{tensorop_gen.__version__}; install the same release there, and start it again"
        )
    if having == others:
        there = ", ".join(sorted(set().union(*map(targets, offers.values())))) or "nothing"
        what = "none of this release" if others else f"there is {there}"
        raise BoardError(
            f"the fleet at {fleet.address} has no worker for {fleet.target}: {what}\nstart one on a host that reaches "
            f"such a board: tensorop-gen fleet worker {fleet.address} --on ssh://user@board --target {fleet.target}"
        )
