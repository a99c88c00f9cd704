"""The policy that asks a language model; where it has no answer that can be used, the history policy decides."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tensorop_gen.author.llm.steer import Step, pick_kinds, propose_actions
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.llm.model import BudgetSpent, LlmError, Model, SetupError
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import Action, Point, Space, Trial

NAME = "llm"
KINDS_EVERY, ACTIONS_EVERY = 8, 4  # trials for which a question is asked at most once
PATIENCE = 3  # questions in a row without an answer after which none is asked any more


@dataclass
class LlmPolicy:
    """start: where the search begins. otherwise: decides where the model does not. tell: hears of that, once.

    Answers hold several decisions in advance, so that n trials take at most n/8 + n/4 + 2 questions. The same answers,
    seed and trials give the same choices."""

    model: Model
    factors: HardwareFactors
    start: Point
    otherwise: HistoryPolicy
    tell: Callable[[str], None]
    _kinds: deque[str] = field(default_factory=deque)
    _actions: list[str] = field(default_factory=list)
    _trials: int = 0
    _asked_kinds: int = 0
    _asked_actions: int = 0
    _failures: int = 0
    _told: bool = False

    name = NAME

    def kind(self, kinds: Sequence[str], path: Sequence[Trial]) -> str:
        """Path history: the next of the kinds that the model named which can be had here."""
        if not any(kind in kinds for kind in self._kinds) and self._asked_kinds <= self._trials // KINDS_EVERY:
            self._asked_kinds += 1
            steps = [_step(trial) for trial in path]
            self._kinds = deque(
                self._answer(lambda: pick_kinds(self.model, self.factors, self.start.params, steps, kinds, KINDS_EVERY))
            )
        named = next((kind for kind in self._kinds if kind in kinds), None)
        if named is None:
            return self.otherwise.kind(kinds, path)
        self._kinds.remove(named)
        return named

    def action(self, actions: Sequence[Action], here: Point, trials: Sequence[Trial]) -> Action:
        """Global history: the best of the model's proposals that can be made here."""
        self._trials = len(trials)
        legal = {action.name: action for action in actions}
        if not legal.keys() & set(self._actions) and self._asked_actions <= self._trials // ACTIONS_EVERY:
            self._asked_actions += 1
            steps = [_step(trial) for trial in trials]
            self._actions += self._answer(
                lambda: propose_actions(self.model, self.factors, here.params, steps, list(legal))
            )
        named = next((name for name in self._actions if name in legal), None)
        if named is None:
            return self.otherwise.action(actions, here, trials)
        self._actions.remove(named)
        return legal[named]

    def joint(self, here: Point, space: Space, trials: Sequence[Trial]) -> Action | None:
        """The model may name the kind; what is changed at once is statistics."""
        self._trials = len(trials)
        return self.otherwise.joint(here, space, trials)

    def _answer(self, ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """Nothing where the model fails, which costs this decision only."""
        if self._failures >= PATIENCE:
            return ()
        try:
            found = ask()
        except LlmError as error:
            lasting = isinstance(error, (BudgetSpent, SetupError))
            self._failures = PATIENCE if lasting else self._failures + 1
            if not self._told:
                self.tell(f"the model does not steer the search, for now the history does: {error}")
            self._told = True
            return ()
        self._failures = 0
        return found


def _step(trial: Trial) -> Step:
    return Step(change=trial.change, gain=trial.effect, reason=trial.outcome.reason)
