"""What nvidia-smi says of the GPU: driver, clocks, power, temperature."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FIELDS: tuple[str, ...] = (
    "name",
    "driver_version",
    "clocks.sm",
    "clocks.mem",
    "clocks.max.sm",
    "power.draw",
    "power.limit",
)
FIELDS += ("temperature.gpu", "clocks_event_reasons.active")


def state() -> dict[str, str]:
    """Of the first GPU; empty where there is no nvidia-smi that answers."""
    places = (shutil.which("nvidia-smi"), "/usr/local/nvidia/bin/nvidia-smi")
    program = next((place for place in places if place and Path(place).is_file()), None)
    if program is None:
        return {}
    words = [program, "--id=0", f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(zip(FIELDS, map(str.strip, done.stdout.strip().split(",")), strict=False))
