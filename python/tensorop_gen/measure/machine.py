"""The machine a comparison ran on, as its output tells it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.hardware.machine import read_machine
from tensorop_gen.measure.model import CacheFacts, MachineFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.measure.worker import Peak


def describe(peak: Peak, clocks: Sequence[float]) -> MachineFacts:
    """clocks: cycles per second seen during the run; zeros mean that they cannot be told."""
    machine = read_machine()
    seen = [clock / 1e9 for clock in clocks if clock > 0]
    return MachineFacts(
        cpu=machine.title,
        processors=len(os.sched_getaffinity(0)),
        caches=tuple(
            CacheFacts(level=c.level, kind=c.kind, bytes=c.bytes, ways=c.ways, shared_by=c.shared_by)
            for c in machine.caches
        ),
        isa=peak.isa,
        flops_per_cycle=peak.flops_per_cycle,
        clock_ghz=(round(min(seen), 3), round(max(seen), 3)) if seen else None,
        kernel=platform.release(),
        huge_pages=_chosen(Path("/sys/kernel/mm/transparent_hugepage/enabled")),
        virtual="hypervisor" in machine.features,
    )


def _chosen(setting: Path) -> str:
    """The word in brackets of a kernel setting."""
    text = setting.read_text() if setting.exists() else ""
    match = re.search(r"\[(\w+)\]", text)
    return match[1] if match else "unknown"
