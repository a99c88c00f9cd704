"""Sessions of the harness in which candidates are timed, whatever the size of the shapes."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.process import pinned
from tensorop_gen.measure.shapes import flops
from tensorop_gen.measure.worker import processors
from tensorop_gen.verify.session import CAPACITY, Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorop_gen.build.candidate import Built
    from tensorop_gen.request.model import Shape
    from tensorop_gen.run.base import Runner

_SLOWEST = 1e9  # flops a second below which a call counts as hung


@contextlib.contextmanager
def timing_sessions(
    candidates: Sequence[Built], runner: Runner, shapes: Sequence[Shape], seed: int
) -> Iterator[list[Session]]:
    """One for each candidate, on one processor. Raises MeasureError for shapes that this machine has no memory for."""
    _must_fit(shapes, len(candidates))
    capacity = max(CAPACITY, *(_largest(shape) for shape in shapes))
    timeout = max(flops(shape) / _SLOWEST for shape in shapes)
    with contextlib.ExitStack() as stack:
        with pinned(processors(1)):
            sessions = [stack.enter_context(Session(one, runner, seed, capacity, timeout)) for one in candidates]
        yield sessions


def _largest(shape: Shape) -> int:
    """Bytes of the largest operand, with room round it."""
    return 4 * max(shape.m * shape.k, shape.k * shape.n, shape.m * shape.n) + (1 << 20)


def _must_fit(shapes: Sequence[Shape], sessions: int) -> None:
    """Each session holds the operands twice: shared, and as the candidate's own while it is timed."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for shape in shapes:
        needed = sessions * 2 * 4 * (shape.m * shape.k + shape.k * shape.n + shape.m * shape.n)
        if needed > memory:
            raise MeasureError(f"timing {shape} takes {needed >> 30} GiB of memory; there are {memory >> 30}")
