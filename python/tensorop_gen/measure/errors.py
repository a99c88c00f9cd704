"""What can go wrong while measuring, in words for the user."""

from __future__ import annotations


class MeasureError(RuntimeError):
    """Nothing can be measured: says what to do."""


class WorkerFailed(MeasureError):  # noqa: N818  (an event of one library, not of the whole)
    """One library's process answered with an error, crashed or hung."""
