"""A model's kernels against the best there is: each proven, raced, and handed back to be made faster."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.author.model import Feedback
from tensorop_gen.measure.cost.kernel import modelled
from tensorop_gen.measure.worker import Peak
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.pipeline.board import peak_there
from tensorop_gen.pipeline.trial import PROBLEMS, race

if TYPE_CHECKING:
    from tensorop_gen.author.llm import LlmAuthor
    from tensorop_gen.llm.transcript import Exchange
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.pipeline.model import LlmChoice, Reporter
    from tensorop_gen.pipeline.workshop import Proven, Workshop

_GROUP = "packed"  # the shapes on which COMPUTE decides


@dataclass(frozen=True, slots=True)
class Contest:
    """shop: with the model's author in it."""

    shop: Workshop
    author: LlmAuthor
    llm: LlmChoice
    say: Reporter

    def run(self, first: Proven, tuned: bool, decided: bool) -> tuple[Proven, tuple[Exchange, ...]]:
        """The best, with the answers that it was made from if it is the model's. decided: it is, as an earlier run has
        measured. Raises the errors of authors, proof and measurement, unless there is something to go on with."""
        proven = self._proven(first.candidate.params if tuned else None, None)
        if decided:
            return proven, self.author.accepted()
        told, faster = self._compared(first, proven)
        best, answers = (proven, self.author.accepted()) if faster else (first, ())
        for _ in range(self.llm.improvements):
            try:
                proven = self._proven(proven.candidate.params, Feedback("measure", told))
                told, faster = self._compared(best, proven)
            except PROBLEMS as error:
                self.say.note(f"the model did not make it faster: {error}")
                break
            if faster:
                best, answers = proven, self.author.accepted()
        return best, answers

    def _proven(self, params: GemmParams | None, feedback: Feedback | None) -> Proven:
        shop = self.shop
        candidate = self.author.write(shop.request, shop.factors, params, feedback=feedback)
        proven = shop.prove(candidate, attempts=self.llm.repairs + 1)
        self.say.stage("verify", f"{proven.candidate.author}: {proven.verification.cases} cases passed")
        return proven

    def _compared(self, best: Proven, proven: Proven) -> tuple[str, bool]:
        """What the model is told of its speed; whether it is faster, and surely so where that is measured: the whole
        interval lies above zero."""
        own = best.candidate.author.startswith(self.author.name)
        whose = "your fastest kernel so far" if own else "the reference kernel"
        if self.shop.runner.kind != "measured":
            return self._modelled(best, proven, whose)
        shapes = self.shop.request.shapes or OPERATOR.space.shapes(_GROUP)
        with contextlib.closing(peak_there(self.shop.runner, self.shop.factors) or Peak()) as rates:
            outcome = race(self.shop, best, proven, [shapes], rates)
        speed = f"{100 * outcome.gain:+.1f} % ({100 * outcome.low:+.1f} to {100 * outcome.high:+.1f} %)"
        self.say.stage("author", f"the model's kernel: {speed} against {whose}")
        told = ", ".join(map(str, shapes))
        return f"Its speed on {told} (m x k x n) against {whose}: [measured: {speed}].", outcome.low > 0

    def _modelled(self, best: Proven, proven: Proven, whose: str) -> tuple[str, bool]:
        """The same by the loops of COMPUTE, where nothing can be timed."""
        programs = [one.candidate.programs["compute"] for one in (proven, best)]
        found = modelled(programs, self.shop.factors)
        mine, other = found.flops
        speed = f"[modelled by {found.model}: {mine:.2f} flop a cycle in its loop over k, {other:.2f} in the other's]"
        self.say.stage("author", f"the model's kernel against {whose}: {speed}")
        return f"Its speed against {whose}: {speed}.", mine > other
