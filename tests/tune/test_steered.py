"""A search that a model steers: bounded questions, legal actions only, and the history where it has no answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from tests.tune.made_up import FACTORS, START, actions, evaluate

from tensorop_gen.llm.model import Answer, BudgetSpent, LlmError, Prompt
from tensorop_gen.llm.replay import Replay
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import Budget, Trial
from tensorop_gen.tune.search import Search
from tensorop_gen.tune.steered import ACTIONS_EVERY, KINDS_EVERY, PATIENCE, LlmPolicy

TRIALS = 60


@dataclass
class Written:
    """Answers written for the test: those of `first`, then `always` if there is one, else the last of the possible
    actions, and every kind."""

    first: list[str | Exception] = field(default_factory=list)
    always: str | Exception = ""
    asked: list[Prompt] = field(default_factory=list)

    name = "written for the test"

    def answer(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        said = self.first.pop(0) if self.first else self.always or _sensible(prompt)
        if isinstance(said, Exception):
            raise said
        return Answer(text=said, model=self.name)


def _sensible(prompt: Prompt) -> str:
    head = "Kinds of changes" if prompt.task == "action" else "Changes that can be made there"
    listed = prompt.messages[1].content.split(head)[1].split("\n\n")[0].splitlines()[1:]
    names = [line.removeprefix("- ") for line in listed]
    return json.dumps({"kinds": names} if prompt.task == "action" else {"actions": [*names[-4:], "kc=77"]})


def steered(model: Written | Recorder, told: list[str], trials: int = TRIALS) -> list[Trial]:
    policy = LlmPolicy(model, FACTORS, START, HistoryPolicy(3, START), told.append)
    return list(Search(START, actions, policy, evaluate).run(Budget(trials=trials)))


def names(trials: list[Trial]) -> list[str]:
    return [trial.action.name for trial in trials]


def by_history(trials: int = TRIALS) -> list[str]:
    return names(list(Search(START, actions, HistoryPolicy(3, START), evaluate).run(Budget(trials=trials))))


def test_the_model_decides_within_so_many_questions() -> None:
    model, told = Written(), list[str]()
    found = steered(model, told)
    first = next(p for p in model.asked if p.task == "space").messages[1].content
    assert len(found) == TRIALS
    assert f"- {found[0].change}\n" in first
    assert names(found) != by_history()
    tasks = [prompt.task for prompt in model.asked]
    assert 2 <= tasks.count("action") <= TRIALS // KINDS_EVERY + 1
    assert 2 <= tasks.count("space") <= TRIALS // ACTIONS_EVERY + 1
    assert not told


def test_what_it_proposes_is_what_is_tried_first() -> None:
    answers: list[str | Exception] = ['{"kinds": ["unroll"]}', '{"actions": ["unroll=1", "unroll=4444"]}']
    assert steered(Written(answers), [], 1)[0].change == "unroll=1"


def test_a_replay_takes_the_same_decisions() -> None:
    recorder, told = Recorder(Written()), list[str]()
    found = steered(recorder, told)
    again = steered(Recorder(Replay(recorder.exchanges)), told)
    assert again == found
    assert not told


@pytest.mark.parametrize(
    "answer", ["no idea", '{"kinds": ["sorcery"], "actions": ["kc=1"]}', '{"kinds": ', LlmError("it is down")]
)
def test_nonsense_leaves_the_search_to_the_history_and_is_told_once(answer: str | Exception) -> None:
    model, told = Written(always=answer), list[str]()
    assert names(steered(model, told)) == by_history()
    assert len(told) == 1
    assert told[0].startswith("the model does not steer the search, for now the history does: ")
    assert len(model.asked) <= 3 * PATIENCE


def test_a_failure_costs_one_decision() -> None:
    model, told = Written([LlmError("busy")]), list[str]()
    assert names(steered(model, told, 20)) != by_history(20)
    assert [prompt.task for prompt in model.asked].count("action") > 1
    assert len(told) == 1


def test_a_spent_budget_ends_the_questions() -> None:
    model, told = Written(always=BudgetSpent("the budget for the model is spent (5 t)")), list[str]()
    assert names(steered(model, told)) == by_history()
    assert len(model.asked) == 1
    assert "5 t" in told[0]
