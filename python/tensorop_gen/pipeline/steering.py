"""Who decides in a search; where that is a model, its answers and what they led to are kept, to be replayed."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.cache.history_lines import read_rows
from tensorop_gen.cache.history_row import Row
from tensorop_gen.cache.model import digest
from tensorop_gen.cache.store import CacheError
from tensorop_gen.llm.model import LlmError, Model, SetupError
from tensorop_gen.llm.open import open_model
from tensorop_gen.llm.replay import Replay
from tensorop_gen.llm.resumed import Resumed
from tensorop_gen.llm.transcript import cut_torn
from tensorop_gen.operators.gemm import OPERATOR as GEMM
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.steered import NAME, LlmPolicy

if TYPE_CHECKING:
    from tensorop_gen.cache.history_row import Identity
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.llm.budget import Meter
    from tensorop_gen.pipeline.model import LlmChoice, Options, Reporter
    from tensorop_gen.tune.model import Outcome, Point, Policy, Trial


@dataclass
class Steering:
    """recorded: outcomes that a replayed search had, by keys of candidate and incumbent. meter: of the model."""

    policy: Policy
    recorded: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    meter: Meter | None = None
    write: Callable[[Trial], None] = lambda _: None

    def keep(self, trial: Trial) -> None:
        """Beside the transcript, where the search is a model's."""
        self.write(trial)

    @property
    def cost(self) -> str:
        return f"search: {self.meter}" if self.meter and self.meter.questions else ""


def after(options: Options, spent: Meter | None) -> Options:
    """One budget for the whole run: the search has what the author left."""
    if spent is None or options.steer is None:
        return options
    return replace(options, steer=replace(options.steer, budget=spent.left))


@contextlib.contextmanager
def steered(
    options: Options, factors: HardwareFactors, start: Point, root: Path, identity: Identity, say: Reporter
) -> Iterator[Steering]:
    """root: folder of the transcripts. A model that cannot be asked leaves the search to the history policy."""
    if options.policy != NAME or options.steer is None:
        yield Steering(make_policy(options.policy, options.seed))
        return
    history = HistoryPolicy(options.seed, start)
    if identity.operator != GEMM.name:
        say.note(f"a model steers searches of {GEMM.name} only: the policy {history.name} decides")
        yield Steering(history)
        return
    file = _file(root, options.steer, identity)
    try:
        model, meter, recorded = _opened(options.steer, file, say)
    except LlmError as error:
        say.note(f"the model cannot steer the search, the history does: {error}")
        yield Steering(history)
        return
    policy = LlmPolicy(model, factors, start, history, say.note)
    trials = _beside(file) if file else None
    steering = Steering(policy, recorded, meter, _writer(trials, identity) if trials else lambda _: None)
    try:
        yield steering
    finally:
        if steering.cost:
            say.stage("llm", f"{steering.cost}{f'; transcript {file}' if file else ''}")


def _opened(steer: LlmChoice, file: Path | None, say: Reporter) -> tuple[Model, Meter, dict[tuple[str, str], Outcome]]:
    """Raises SetupError."""
    recorder, meter = open_model(steer.model, steer.budget, file, say.note)
    if file is None:
        beside = _beside(Path(steer.model.partition(":")[2]))
        return recorder, meter, _outcomes(beside) if beside.is_file() else {}
    if not file.is_file():
        return recorder, meter, {}
    try:
        cut_torn(file)
        return Resumed(Replay.read(file), recorder), meter, {}
    except SetupError as error:
        aside = file.with_suffix(".damaged")
        file.replace(aside)
        say.note(f"{error}\nit is set aside as {aside.name}, and the model is asked anew")
        return recorder, meter, {}


def _file(root: Path, steer: LlmChoice, identity: Identity) -> Path | None:
    """The same search with the same model goes on with its transcript; a replayed one needs none."""
    if steer.model.startswith("replay:"):
        return None
    mark = digest([identity.search, identity.machine, steer.model, identity.seed])[:12]
    return root / "transcripts" / f"search-{identity.target}-{mark}.jsonl"


def _beside(transcript: Path) -> Path:
    """The trials that a transcript led to."""
    return transcript.with_suffix(".trials")


def _writer(trials: Path, identity: Identity) -> Callable[[Trial], None]:
    """A search that goes on repeats its first trials, so that the file is begun anew."""
    trials.parent.mkdir(parents=True, exist_ok=True)
    trials.unlink(missing_ok=True)

    def write(trial: Trial) -> None:
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        with trials.open("a", encoding="utf-8") as out:
            out.write(f"{Row.of(identity, trial, now).model_dump_json()}\n")

    return write


def _outcomes(trials: Path) -> dict[tuple[str, str], Outcome]:
    """Raises SetupError."""
    try:
        rows, faults = read_rows(trials)
    except CacheError as error:
        raise SetupError(str(error)) from None
    if faults:
        raise SetupError(f"{faults[0]}; record the search anew, or remove {trials} to measure again")
    return {(row.point, row.against): row.outcome for row in rows}
