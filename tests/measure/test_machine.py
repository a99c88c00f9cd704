from __future__ import annotations

import os
from contextlib import closing

from tensorop_gen.hardware.machine import read_machine
from tensorop_gen.measure.machine import describe
from tensorop_gen.measure.worker import Peak


def test_this_machine() -> None:
    with closing(Peak()) as peak:
        facts = describe(peak, [3.0e9, 0.0, 2.5e9])
    assert facts.cpu == read_machine().title
    assert facts.processors == len(os.sched_getaffinity(0))
    assert facts.caches
    assert facts.clock_ghz == (2.5, 3.0)
    assert facts.kernel == os.uname().release


def test_a_clock_that_cannot_be_told() -> None:
    with closing(Peak()) as peak:
        assert describe(peak, [0.0, 0.0]).clock_ghz is None
