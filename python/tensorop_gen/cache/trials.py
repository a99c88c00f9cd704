"""The trials of a search: kept as they come, so that the next run goes on where this one ended or was interrupted."""

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
    """The trials kept in one cache entry. start: key of the candidate that they began with; any other has others."""

    def __init__(self, store: Store, entry: str, start: str) -> None:
        self._store, self._entry, self._start = store, f"{entry}-search", start

    def read(self) -> tuple[Trial, ...]:
        files = self._store.read(self._entry)
        if files is None:
            return ()
        try:
            content = json.loads(files[_FILE])
            if content["start"] != self._start:
                return ()
            return tuple(_trial(row) for row in content["trials"])
        except (KeyError, TypeError, ValueError):
            return ()  # written by another release: nothing to go on from

    def write(self, trials: Sequence[Trial]) -> None:
        rows = [dataclasses.asdict(trial) for trial in trials]
        content = {"schema": 1, "start": self._start, "trials": rows}
        self._store.keep(self._entry, {_FILE: json.dumps(content, indent=1).encode()})


def _trial(row: dict[str, object]) -> Trial:
    params, outcome = row.pop("params"), row.pop("outcome")
    assert isinstance(params, dict)
    assert isinstance(outcome, dict)
    return Trial(params=GemmParams.from_dict(params), outcome=Outcome(**outcome), **row)  # type: ignore[arg-type]
