"""The inner loop of COMPUTE, line by line, with the cycles that the target's cost table gives each."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from tensorop_gen.report.sections.model import Line, Section

if TYPE_CHECKING:
    from tensorop_gen.measure.cost.report import Loop
    from tensorop_gen.report.material import Material


def section(material: Material) -> Section:
    found = material.modelled
    if isinstance(found, str):
        return Section("kernel", "The kernel, line by line", missing=found)
    return Section(
        "kernel",
        "The kernel, line by line",
        lead=_lead(found.loop),
        marks=("modelled",),
        listing=listing(found.loop),
        notes=(
            "at: the cycle of a pass in which the instruction is out of the way (issued by a core that works in order, "
            "retired by one that does not); cycles: that it adds to the pass.",
            f"All kernels: src/{material.factors.name}/kernels.S",
        ),
    )


def listing(loop: Loop) -> tuple[Line, ...]:
    most = max((line.cycles for line in loop.lines), default=0.0) or 1.0
    ends = accumulate(line.cycles for line in loop.lines)
    return tuple(
        Line(line.text.partition(" ")[2], line.text.partition(" ")[0], at, line.cycles, line.cycles / most)
        for line, at in zip(loop.lines, ends, strict=True)
    )


def _lead(loop: Loop) -> str:
    text = (
        f"The k-loop for a whole tile of {loop.tile}, of {len(loop.lines)} instructions: {loop.cycles:.2f} cycles a "
        f"k-step, {100 * loop.floor / loop.cycles:.1f} % of the core's peak, bound by {loop.bound}."
    )
    if loop.judge:
        text += f" llvm-mca for {loop.judge_cpu}, which counts: {loop.judge:.2f} cycles, {loop.share:.1f} %."
    elif loop.judge_missing:
        text += f" llvm-mca was not asked: {loop.judge_missing.splitlines()[0]}."
    return text
