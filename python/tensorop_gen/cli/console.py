"""What a run tells while it works, on stderr: stdout is for the result."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from tensorop_gen.tune.model import Budget, Trial


class QuietReporter:
    """Notes only: what the user should know even then."""

    def stage(self, name: str, text: str) -> None: ...

    def note(self, text: str) -> None:
        sys.stderr.write(f"note: {text}\n")

    def trial(self, trial: Trial, budget: Budget) -> None: ...

    def progress(self, what: str, done: float, total: float) -> None: ...


class ConsoleReporter:
    """A line for each stage, and a bar for what takes long."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (
            TextColumn("{task.description:10}"),
            BarColumn(),
            TextColumn("{task.fields[text]}"),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        self._tasks: dict[str, int] = {}
        self._searching_since: float | None = None

    def stage(self, name: str, text: str) -> None:
        self._end_bars()
        self._console.print(f"{name:10} {text}", markup=False)

    def note(self, text: str) -> None:
        self._console.print(f"note: {text}", markup=False)

    def trial(self, trial: Trial, budget: Budget) -> None:
        outcome = trial.outcome
        if trial.accepted:
            self._console.print(f"{'tune':10} {trial.change}: {100 * outcome.gain:+.1f} %", markup=False)
        now = time.monotonic()
        self._searching_since = self._searching_since or now
        done = trial.number if budget.trials else now - self._searching_since
        self._bar("tune", done, budget.trials or budget.seconds or 1, f"trial {trial.number}: {trial.change}")

    def progress(self, what: str, done: float, total: float) -> None:
        self._bar(what, done, total, f"{done:g} of {total:g}")
        if done >= total:
            self._end_bars()

    def _bar(self, what: str, done: float, total: float, text: str) -> None:
        if what not in self._tasks:
            self._bars.start()
            self._tasks[what] = self._bars.add_task(what, total=total, text=text)
        self._bars.update(self._tasks[what], completed=min(done, total), text=text)  # type: ignore[arg-type]

    def _end_bars(self) -> None:
        if self._tasks:
            self._bars.stop()
        for task in self._tasks.values():
            self._bars.remove_task(task)  # type: ignore[arg-type]
        self._tasks.clear()
