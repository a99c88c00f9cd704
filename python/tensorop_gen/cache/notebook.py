"""One search's part of the history: what it may go on from, and where its trials are kept."""

from __future__ import annotations

import contextlib
import datetime
from typing import TYPE_CHECKING

from tensorop_gen.cache.history import History
from tensorop_gen.cache.history_row import Identity, Row
from tensorop_gen.cache.store import CacheError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tensorop_gen.tune.model import Outcome, Trial


class Notebook:
    """A history that cannot be used costs the search its memory, not its life: that is told once, and what was not
    kept is tried again with the next trial.

    recorded: outcomes on this machine by keys of candidate and incumbent. kept, unkept: numbers of trials."""

    def __init__(self, root: Path, identity: Identity, tell: Callable[[str], None]) -> None:
        self._identity, self._tell = identity, tell
        self._history: History | None = None
        self._unkept: list[Row] = []
        self._told = False
        self.kept = 0
        self.recorded: dict[tuple[str, str], Outcome] = {}
        self._rows: tuple[Row, ...] = ()
        try:
            self._history = History(root, tell)
            self._read(self._history.rows(identity.search))
        except CacheError as error:
            self._say(error)

    def earlier(self) -> Iterator[Trial]:
        """Trials of earlier runs with the same policy and seed, in the order in which they ended."""
        for row in self._rows:
            if (row.policy, row.seed) == (self._identity.policy, self._identity.seed):
                with contextlib.suppress(TypeError):  # parameters of another release
                    yield row.trial()

    def keep(self, trial: Trial) -> None:
        """Measured or read, it is in the history afterwards, or waits for the next call."""
        known = (trial.point.key, trial.against) in self.recorded
        if not known:
            now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
            self._unkept.append(Row.of(self._identity, trial, now))
        self.kept += known
        self._write()

    @property
    def state(self) -> str:
        """For whoever stops the search."""
        lost = f", {len(self._unkept)} are not: {self._history.path if self._history else 'no history'}"
        return f"{self.kept} trials are kept{lost if self._unkept else ''}"

    def close(self) -> None:
        if self._history:
            self._history.close()

    def _read(self, rows: tuple[Row, ...]) -> None:
        mine = self._rows = tuple(row for row in rows if row.machine == self._identity.machine)
        self.recorded = {(row.point, row.against): row.outcome for row in mine}
        if others := sorted({row.machine_name for row in rows if row.machine != self._identity.machine}):
            count = len(rows) - len(mine)
            self._tell(f"{count} trials of other machines ({', '.join(others)}) are not used: their times are not ours")

    def _write(self) -> None:
        if self._history is None or not self._unkept:
            return
        try:
            self._history.add(self._unkept)
        except CacheError as error:
            self._say(error)
            return
        self.kept += len(self._unkept)
        self._unkept.clear()

    def _say(self, error: CacheError) -> None:
        if not self._told:
            self._tell(f"trials are not kept for now: {error}")
        self._told = True
