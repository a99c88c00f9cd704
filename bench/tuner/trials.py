"""The trials of another tuner, a JSON line each, written as they end; the first line says what they are about."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trial:
    """program: what tells it from others. seconds: of one call as the tuner measured it; None with the reason in
    `error`. search, build, run: seconds of wall time spent on it."""

    program: str
    seconds: float | None
    search: float
    build: float
    run: float
    error: str = ""

    @property
    def wall(self) -> float:
        return self.search + self.build + self.run


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a search stands after so many trials: its best program and the seconds of wall time until then."""

    trials: int
    best: Trial
    wall: float


class Trials:
    """Of one search; goes on where the file ends, on another day too. Raises ValueError for another search's file."""

    def __init__(self, file: Path, about: Mapping[str, str]) -> None:
        self.file = file
        self.done: list[Trial] = []
        self.programs = file.with_suffix(".programs")  # each that was the best when it was measured
        if not file.exists():
            file.write_text(f"{json.dumps(dict(about))}\n", encoding="utf-8")
        found, self.done = read(file)
        whole = file.read_text(encoding="utf-8").rpartition("\n")[0]
        file.write_text(f"{whole}\n", encoding="utf-8")  # without a line that was cut off
        for name, value in about.items():
            if found.get(name) != value and name != "date":
                raise ValueError(f"{file} is about {name} {found.get(name)}, not {value}: name another file")

    def add(self, trial: Trial, artifact: Path | None = None) -> None:
        """artifact: the program as it was built, kept if it is the fastest yet."""
        fastest = min((one.seconds for one in self.done if one.seconds is not None), default=float("inf"))
        if artifact and trial.seconds is not None and trial.seconds < fastest:
            self.programs.mkdir(exist_ok=True)
            self.artifact(trial).write_bytes(artifact.read_bytes())
        with self.file.open("a", encoding="utf-8") as out:
            print(json.dumps(asdict(trial)), file=out, flush=True)
        self.done.append(trial)

    def artifact(self, trial: Trial) -> Path:
        return self.programs / f"{trial.program}.tar"


def read(file: Path) -> tuple[dict[str, str], list[Trial]]:
    """What a file is about, and its trials. A last line that was cut off is left out."""
    first, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return json.loads(first), [Trial(**json.loads(line)) for line in lines if line.endswith("\n")]


def marks(done: list[Trial], counts: list[int]) -> list[Mark]:
    """Where the search stood after each of these numbers of trials, as far as it came."""
    walls = list(itertools.accumulate(trial.wall for trial in done))
    found = []
    for count in counts:
        ran = [(trial.seconds, trial) for trial in done[:count] if trial.seconds is not None]
        if count <= len(done) and ran:
            found.append(Mark(count, min(ran, key=lambda one: one[0])[1], walls[count - 1]))
    return found
