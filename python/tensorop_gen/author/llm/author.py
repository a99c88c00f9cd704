"""The author that asks a language model for kernels; the sketch, and kernels not asked for, are the builtin ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tensorop_gen.author.candidate import checked, put_together
from tensorop_gen.author.llm.ask import kernel_prompt, reply_text
from tensorop_gen.author.llm.forge import LANGUAGES, Forge
from tensorop_gen.author.llm.rows import ROWS
from tensorop_gen.author.llm.sketch import sketch_params
from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.llm.ask import Conversation, as_code
from tensorop_gen.llm.box import BoxUnavailable
from tensorop_gen.llm.model import Answer, LlmError, SetupError, UnusableAnswer, sha256
from tensorop_gen.llm.transcript import Exchange, Recorder
from tensorop_gen.operators.gemm import OPERATOR, kernels
from tensorop_gen.operators.gemm.params import GemmParams, defaults, lanes
from tensorop_gen.request.model import Request

ROUNDS = 5  # of static checks, for one kernel; the verifier's rounds are counted by who runs it


@dataclass
class _Kernel:
    """A kernel in the making."""

    conversation: Conversation
    program: Program | None = None

    @property
    def mark(self) -> str:
        """Says which answer it is from."""
        return sha256(self.conversation.prompt.digest + self.conversation.said)[:16]


@dataclass
class LlmAuthor:
    """model: who is asked. roles: the kernels it writes. style: see kernel_prompt. rounds: answers to a
    question at most. sketch: the parameters it chose. tell: hears what it could not choose.

    A kernel is asked for once for each tile size and mended from then on; other parameters do not change it."""

    model: Recorder
    forge: Forge
    roles: tuple[Role, ...] = ("compute",)
    style: str = "ours"
    rounds: int = ROUNDS
    sketch: GemmParams | None = None
    kernels: dict[tuple[Role, int, int], _Kernel] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _: None

    name = "llm"

    def write(
        self,
        request: Request,
        factors: HardwareFactors,
        params: Any | None = None,
        order: Order = (),
        feedback: Feedback | None = None,
    ) -> Candidate:
        """Without parameters the model chooses them. Feedback goes back to it, with its last answer. Raises LlmError
        where the model has nothing that can be used, ValueError as the builtin author does."""
        if request.operator != OPERATOR.name:
            raise SetupError(f"a model writes {OPERATOR.name} only, not {request.operator}")
        if factors.isa not in ROWS:
            raise SetupError(f"kernels of a model are taken for {', '.join(ROWS)}, not for {factors.isa}")
        params = checked(OPERATOR, params or self._sketched(factors), factors)
        programs = kernels.write(params, target.find(factors.isa))
        marks = []
        for role in self.roles:
            kernel = self._kernel(factors, params, role)
            if feedback and kernel.program:
                kernel.conversation.reply = reply_text(feedback)
                kernel.program = None
            programs[role] = kernel.program or self._asked(kernel, role)
            marks.append(kernel.mark)
        author = f"llm ({harmless(self.model.name)}, answers {' '.join(marks)})"
        edges = _edges(programs[role] for role in self.roles)
        return put_together(request, factors, params, order, programs, author, edges)

    def accepted(self) -> tuple[Exchange, ...]:
        """The first questions with the last answers: what it takes to write the kernels again, without the repairs."""
        return tuple(
            Exchange.of(
                k.conversation.prompt, Answer(text=k.conversation.said, model=self.model.name), {}, accepted=True
            )
            for k in self.kernels.values()
            if k.program
        )

    def _sketched(self, factors: HardwareFactors) -> GemmParams:
        """The model's own choice of parameters, if it makes one; the baselines are asked for the kernel alone."""
        if self.style != "ours":
            return defaults(factors)
        if self.sketch is None:
            try:
                self.sketch = sketch_params(self.model, factors)
            except UnusableAnswer as error:
                self.tell(f"the sketch keeps the parameters of the analytical model: {error}")
                self.sketch = defaults(factors)
        return self.sketch

    def _kernel(self, factors: HardwareFactors, params: GemmParams, role: Role) -> _Kernel:
        key = (role, params.mr(lanes(factors, params.group)), params.nr)
        if key not in self.kernels:
            prompt = kernel_prompt(factors, params, role, self.style)
            self.kernels[key] = _Kernel(Conversation(self.model, prompt))
        return self.kernels[key]

    def _asked(self, kernel: _Kernel, role: Role) -> Program:
        def read(text: str) -> Program:
            language, code = as_code(tuple(LANGUAGES))(text)
            return self.forge.lift(language, code, role)

        try:
            kernel.program = kernel.conversation.ask(read, self.rounds)
        except BoxUnavailable as error:
            raise LlmError(str(error)) from None
        except FileNotFoundError as error:
            raise LlmError(f"{error} is not there to take the model's code apart: install gcc and binutils") from None
        return kernel.program


def harmless(name: str) -> str:
    """A model's name for comments in C and assembly: who answers chooses it."""
    return re.sub(r"[^A-Za-z0-9_ .:+-]", "_", name)[:60]


def _edges(programs: Iterable[Program]) -> tuple[int, ...]:
    """The numbers that code of unknown origin counts with: it may behave in another way there."""
    scalars = (insn for program in programs for insn in program.insns if insn.kind == "scalar")
    return tuple(sorted({abs(o) for insn in scalars for o in insn.operands if isinstance(o, int) and o}))
