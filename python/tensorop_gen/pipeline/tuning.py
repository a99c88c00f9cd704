"""The search for a faster candidate: from a proven one to a proven one that was held against it."""

from __future__ import annotations

import contextlib
import math
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import tensorop_gen
from tensorop_gen import operators
from tensorop_gen.build.harness import harness_hash
from tensorop_gen.cache.history_row import Identity
from tensorop_gen.cache.model import digest
from tensorop_gen.cache.notebook import Notebook
from tensorop_gen.measure.worker import Peak
from tensorop_gen.pipeline.board import peak_there
from tensorop_gen.pipeline.fleet import Spread
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.pipeline.modelled import CostModel, is_modelled, modelled_evaluator, modelled_space
from tensorop_gen.pipeline.steering import steered
from tensorop_gen.pipeline.trial import Evaluator
from tensorop_gen.run import BoardError, BoardLost, Fleet
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.model import Point
from tensorop_gen.tune.search import WORTH, Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tensorop_gen.pipeline.model import Options, Reporter, SpeedKind
    from tensorop_gen.pipeline.workshop import Proven, Workshop
    from tensorop_gen.request.model import Shape
    from tensorop_gen.tune.model import Budget, Outcome, Trial

FINAL = 63  # rounds at most of the winner against the start


@dataclass(frozen=True, slots=True)
class Tuned:
    """winner: proven on the level of records; gain: its speed over that of the start, the mean of the groups of shapes,
    held against each other at the end, where the luck of single trials does not count. kind: of these speeds; llm:
    what a model cost."""

    winner: Proven
    trials: int = 0
    gain: float = 1.0
    kind: SpeedKind = "measured"
    llm: str = ""


class Judge(Protocol):
    """The `evaluate` of a search, which can be asked again about some groups of shapes, with more rounds."""

    def __call__(
        self, point: Point, incumbent: Point, most: int = ..., groups: Sequence[tuple[Shape, ...]] = ()
    ) -> Outcome: ...


def tuned(shop: Workshop, first: Proven, root: Path, budget: Budget, options: Options, say: Reporter) -> Tuned:
    """root: folder of the history, from which a search is gone on with. Raises NotProvenError, BoardLost; a
    KeyboardInterrupt says what is kept."""
    start = Point(first.candidate.params, first.candidate.order)
    model = CostModel.of(shop.factors) if is_modelled(shop.factors, options) else None
    identity = _identity(shop, first, model, options)
    with (
        _judge(shop, first, start, model, options) as (space, evaluate),
        contextlib.closing(Notebook(root, identity, say.note)) as notebook,
        steered(options, shop.factors, start, root, identity, say) as steering,
    ):
        if model:
            say.stage("tune", f"{model}; nothing is measured")
        search = Search(start, space, steering.policy, evaluate, notebook.recorded | steering.recorded)
        if notebook.recorded:
            say.stage("tune", f"going on after {len(notebook.recorded)} earlier trials")
        try:
            spread = None
            if isinstance(shop.runner, Fleet) and isinstance(evaluate, Evaluator):
                spread = Spread(search, evaluate, shop.runner)
            for trial in spread.run(notebook.earlier(), budget) if spread else search.run(budget):
                notebook.keep(trial)
                steering.keep(trial)
                say.trial(trial, budget)
            _say_noise(search.trials, say)
            found = _confirmed(search, space, evaluate, first, shop, say)
            return replace(found, kind="modelled" if model else "measured", llm=steering.cost)
        except KeyboardInterrupt as stop:
            said = "; ".join([*map(str, stop.args), notebook.state])
            raise KeyboardInterrupt(f"{said}; the same command goes on from there") from None
        except BoardError as error:
            raise BoardLost(f"{error}\n{notebook.state}; the same command goes on from there") from None


@contextlib.contextmanager
def _judge(
    shop: Workshop, first: Proven, start: Point, model: CostModel | None, options: Options
) -> Iterator[tuple[ActionSpace, Judge]]:
    """What is searched, and what says how fast it is: the machine that runs the candidates, or a model of another."""
    if model:
        space = modelled_space(model, start, shop.request, options)
        yield space, modelled_evaluator(model, space)
        return
    operator = operators.find(shop.request.operator)
    groups = operator.space.groups(options.classes)
    space = ActionSpace(operator, shop.factors, groups, options.fixed, shop.request.shapes)
    with contextlib.closing(peak_there(shop.runner, shop.factors) or Peak()) as rates:
        yield space, Evaluator(shop, space, rates, {start: first})


def _confirmed(
    search: Search, space: ActionSpace, evaluate: Judge, first: Proven, shop: Workshop, say: Reporter
) -> Tuned:
    """The latest incumbent that passes the whole verification and is slower than the start for no group of shapes, else
    the start."""
    for trial in reversed([trial for trial in search.trials if trial.accepted]):
        groups = space.judged(trial.point, search.start)
        found = [evaluate(trial.point, search.start, FINAL, [shapes]) for shapes in groups]
        gain = statistics.fmean(outcome.gain for outcome in found)
        candidate = shop.author.write(shop.request, shop.factors, trial.params, trial.point.order)
        try:
            _require(found, groups)
            winner = shop.prove(candidate, attempts=1)
        except NotProvenError as error:
            say.note(f"{trial.change} is not kept: {error}")
            continue
        proof = winner.verification
        say.stage("verify", f"{proof.cases} cases passed, worst r {proof.worst_ratio:.2g}")
        return Tuned(winner, len(search.trials), math.exp(gain))
    return Tuned(first, len(search.trials))


def _require(found: list[Outcome], groups: list[tuple[Shape, ...]]) -> None:
    """Raises NotProvenError for a candidate that is not faster than the start, or slower somewhere."""
    for outcome, shapes in zip(found, groups, strict=True):
        if outcome.reason:
            raise NotProvenError(outcome.reason)
        if outcome.gain < -WORTH:
            loss = f"{100 * (1 - math.exp(outcome.gain)):.1f} % slower"
            raise NotProvenError(f"held against the start once more it is {loss} on {', '.join(map(str, shapes))}")
    if sum(outcome.gain for outcome in found) <= 0:
        raise NotProvenError("held against the start once more it is not faster")


def _say_noise(trials: list[Trial], say: Reporter) -> None:
    measured = [trial.outcome for trial in trials if trial.outcome.rounds > 1]
    if measured:
        noise = 100 * statistics.median(one.noise for one in measured)
        rounds = statistics.median(one.rounds for one in measured)
        failed = sum(bool(trial.outcome.reason) for trial in trials)
        say.stage(
            "tune", f"{len(trials)} trials, {failed} failed; noise of a round {noise:.1f} %, {rounds:g} rounds a trial"
        )


def _identity(shop: Workshop, first: Proven, model: CostModel | None, options: Options) -> Identity:
    factors, request = shop.factors, shop.request
    machine = {"caches": [cache.model_dump() for cache in factors.caches], "cores": factors.cores}
    where = " of a fleet" if isinstance(shop.runner, Fleet) else f" at {options.on}" if shop.runner.away else ""
    asked = [[str(shape) for shape in request.shapes], dict(options.fixed), options.classes]
    return Identity(
        search=digest([factors.triple, factors.name, request.operator, request.dtype, first.candidate.key, asked])[:16],
        target=factors.name,
        operator=request.operator,
        dtype=request.dtype,
        machine=(model.digest if model else digest([factors.title, factors.kernel_values(), machine, where]))[:16],
        machine_name=str(model or f"{factors.title}, {factors.cores} cores{where}"),
        policy=options.policy,
        seed=options.seed,
        versions=f"tensorop-gen {tensorop_gen.__version__}, harness {harness_hash()}, {shop.toolchain.identity}",
    )
