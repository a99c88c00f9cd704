"""The author that ships with the project: templates and kernel scripts, no network."""

from __future__ import annotations

from tensorop_gen import operators
from tensorop_gen.author.candidate import checked, put_together
from tensorop_gen.author.model import Candidate, Feedback, Order
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.operators.params import Params
from tensorop_gen.operators.programs import write
from tensorop_gen.request.model import Request


class BuiltinAuthor:
    """Writes every operator for every target whose instruction set has an emitter."""

    name = "builtin"

    def write(
        self,
        request: Request,
        factors: HardwareFactors,
        params: Params | None = None,
        order: Order = (),
        feedback: Feedback | None = None,  # noqa: ARG002  # part of the protocol
    ) -> Candidate:
        """Raises ValueError where the parameters cannot work on the target or the order is not legal.

        Feedback changes nothing: this author has one way to write a kernel, so what failed once is a defect."""
        operator, isa = operators.find(request.operator), target.find(factors.isa)
        params = checked(operator, params or operator.defaults(factors), factors)
        specs = operator.specs(params, isa)
        return put_together(request, factors, params, order, write(specs, isa), self.name, specs=tuple(specs.items()))
