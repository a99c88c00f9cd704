"""The history as JSON lines, one trial a line, to look at with other tools or to merge those of several machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tensorop_gen.cache.history_row import SCHEMA, Row
from tensorop_gen.cache.store import CacheError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.cache.history import History


def export_lines(history: History, file: Path) -> int:
    """Returns how many trials were written. Raises CacheError."""
    rows = history.rows()
    try:
        file.write_text("".join(f"{row.model_dump_json()}\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise CacheError(f"cannot write {file}: {error}") from error
    return len(rows)


def import_lines(history: History, file: Path) -> tuple[int, tuple[str, ...]]:
    """Takes in what is not there yet; returns how many trials that were, and what is wrong with which lines."""
    rows, faults = read_rows(file)
    return history.add(rows), faults


def read_rows(file: Path) -> tuple[list[Row], tuple[str, ...]]:
    """The trials of a file, and what is wrong with which lines. Raises CacheError."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CacheError(f"cannot read {file}: {error}") from error
    rows, faults = [], []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(_parsed(line))
        except ValueError as error:  # noqa: PERF203  # one bad line must not keep out the others
            faults.append(f"{file}, line {number}: {error}")
    return rows, tuple(faults)


def _parsed(line: str) -> Row:
    """Raises ValueError in one clear sentence."""
    values = json.loads(line)
    schema = values.get("schema_version") if isinstance(values, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise ValueError(f"a trial of a newer release (schema {schema}, this one knows {SCHEMA}): update tensorop-gen")
    try:
        return Row.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"no trial: {where + ': ' if where else ''}{first['msg']}") from None
