"""The history of all searches: every trial, kept as it comes, in one SQLite file of the cache."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from typing import TYPE_CHECKING

from tensorop_gen.cache.history_row import SCHEMA, Row
from tensorop_gen.cache.store import CacheError, default_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

NAME = "history.sqlite"
_ADVICE = "free some room, or choose another folder with --cache or TENSOROP_CACHE_DIR"
BUSY_SECONDS = 30.0  # that another run may hold the file
_FIELDS = tuple(Row.model_fields)
_COLUMNS = ", ".join(f'"{name}"' for name in _FIELDS)
# A trial of one search on one machine is kept once, however often it is taken in.
_SAME = "search, machine, policy, seed, number, point, against"
_CREATE = f"""
CREATE TABLE IF NOT EXISTS trials ({_COLUMNS}, UNIQUE ({_SAME}));
PRAGMA user_version = {SCHEMA};
"""


class History:
    """Use with `with`. Another process may read and write beside it; a killed one leaves whole trials only.

    Raises CacheError where the file cannot be used, or was written by a newer release. A damaged file is set aside:
    tell(message) hears of that."""

    def __init__(self, root: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        self.path = (root or default_root()) / NAME
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._database = self._opened(tell)
        except (OSError, sqlite3.Error) as error:
            raise CacheError(f"the history {self.path} cannot be used: {error}; {_ADVICE}") from error

    def __enter__(self) -> History:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def add(self, rows: Iterable[Row]) -> int:
        """Keeps what is not there yet, all or nothing; returns how many rows were new. Raises CacheError."""
        marks = ", ".join("?" * len(_FIELDS))
        statement = f"INSERT OR IGNORE INTO trials ({_COLUMNS}) VALUES ({marks})"
        with self._guarded(), self._database:
            before = self._database.total_changes
            self._database.executemany(statement, [_flat(row) for row in rows])
            return self._database.total_changes - before

    def rows(self, search: str | None = None) -> tuple[Row, ...]:
        """Of one search or of all, in the order they were kept."""
        condition, values = ("WHERE search = ?", (search,)) if search else ("", ())
        with self._guarded():
            found = self._database.execute(f"SELECT {_COLUMNS} FROM trials {condition} ORDER BY rowid", values)
            return tuple(_row(dict(zip(_FIELDS, values, strict=True))) for values in found)

    def _opened(self, tell: Callable[[str], None]) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, full, not to be opened: not damaged
                raise
            aside = self.path.with_name(f"{NAME}.damaged-{uuid.uuid4().hex[:8]}")
            self.path.rename(aside)
            tell(f"the history {self.path} is damaged ({error}); set aside as {aside}, a new one is begun")
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
        try:
            (schema,) = database.execute("PRAGMA user_version").fetchone()
            if schema > SCHEMA:
                newer = f"was written by a newer release (schema {schema}, this one knows {SCHEMA})"
                raise CacheError(
                    f"the history {self.path} {newer}: update tensorop-gen, or choose another with --cache"
                )
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")  # a trial costs more than a sync
            if schema < SCHEMA:
                database.executescript(f"BEGIN IMMEDIATE; {_CREATE} COMMIT;")
        except BaseException:
            database.close()
            raise
        return database

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CacheError(f"the history {self.path} cannot be used: {error}; {_ADVICE}") from error


def _flat(row: Row) -> tuple[object, ...]:
    values = row.model_dump(mode="json")
    return tuple(json.dumps(v) if isinstance(v, (dict, list)) else v for v in values.values())


def _row(values: dict[str, object]) -> Row:
    nested = {name: json.loads(str(values[name])) for name in ("params", "order")}
    return Row.model_validate(values | nested | {"accepted": bool(values["accepted"])})
