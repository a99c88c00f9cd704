"""The trials of a search that has not ended: kept as they come, so that an interrupted search goes on."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from tensorop_gen.operators.gemm.params import GemmParams
from tensorop_gen.tune.model import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.cache.store import Store

_FILE = "trials.json"


class TrialLog:
    """The trials kept under one record key. start: what the search began from; other starts have other trials."""

    def __init__(self, store: Store, entry: str, start: GemmParams) -> None:
        self._store, self._entry, self._start = store, f"{entry}-search", start

    def read(self) -> tuple[Trial, ...]:
        files = self._store.read(self._entry)
        if files is None:
            return ()
        try:
            content = json.loads(files[_FILE])
            if GemmParams.from_dict(content["start"]) != self._start:
                return ()
            return tuple(_trial(row) for row in content["trials"])
        except (KeyError, TypeError, ValueError):
            return ()  # written by another release, with other parameters: nothing to go on from

    def write(self, trials: Sequence[Trial]) -> None:
        rows = [dataclasses.asdict(trial) for trial in trials]
        content = {"schema": 1, "start": self._start.to_dict(), "trials": rows}
        self._store.write(self._entry, {_FILE: json.dumps(content, indent=1).encode()})

    def forget(self) -> None:
        if self._store.read(self._entry) is not None:
            self._store.remove(self._entry)


def _trial(row: dict[str, object]) -> Trial:
    params, outcome = row.pop("params"), row.pop("outcome")
    assert isinstance(params, dict)
    assert isinstance(outcome, dict)
    return Trial(params=GemmParams.from_dict(params), outcome=Outcome(**outcome), **row)  # type: ignore[arg-type]
