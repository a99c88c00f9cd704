"""What is wrong with a timed result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fault(row: Mapping[str, Any], peak: float) -> str:
    """Empty for a good one. peak: TFLOPS that nothing can exceed."""
    if row["worst_r"] > row["limit"]:
        return f"wrong: r = {row['worst_r']:g}, at most {row['limit']:g}"
    if row["tflops"] > peak:
        return f"refused: {row['tflops']:.0f} TFLOPS is above the peak of {peak:g}"
    return ""
