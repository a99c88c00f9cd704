"""What the stages need to know of an operator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.target import Isa
from tensorop_gen.operators.cases.geometry import Geometry
from tensorop_gen.operators.cases.sizes import Sizes
from tensorop_gen.operators.params import Factors, P, written
from tensorop_gen.operators.programs import Spec
from tensorop_gen.operators.space import Move, Space
from tensorop_gen.request.model import RequestError, Shape


@dataclass(frozen=True, slots=True)
class Loop:
    """A kernel's inner loop, whose instructions a search may reorder. block: how its label begins, before one letter
    and "_loop"; group: the group of parameters whose shapes it is judged on."""

    block: str
    group: str


class Operator(ABC, Generic[P]):
    """One object of it stands in each package operators/<name>/, by the name OPERATOR.

    folder: of its sketch (sketch.c.j2), its tuning space (space.yaml), and of the C that every library
    holds of it; header: what its callers include."""

    params: type[P]
    folder: Path
    header: Path
    space: Space[P]

    @property
    def name(self) -> str:
        return self.params.operator

    @abstractmethod
    def defaults(self, factors: Factors) -> P:
        """The analytical start."""

    @abstractmethod
    def problems(self, params: P, factors: Factors) -> list[str]:
        """Why these parameters cannot work on this target; empty if they can."""

    @abstractmethod
    def specs(self, params: P, isa: Isa) -> dict[Role, Spec]:
        """What each kernel is to do: equal for parameters that change only the sketch."""

    @abstractmethod
    def symbols(self, programs: Mapping[Role, Program], params: P, isa: Isa) -> dict[Role, str]:
        """The C name of each kernel."""

    def sketch_values(self, params: P, isa: Isa) -> dict[str, Any]:  # noqa: ARG002  # of an operator's own
        """`p` of the sketch."""
        return params.to_dict()

    def takes(self, shape: Shape) -> bool:  # noqa: ARG002  # of an operator's own
        """Whether a product of this shape is one of its calls."""
        return True

    def require(self, shapes: tuple[Shape, ...]) -> None:
        """Raises RequestError for a shape that it does not take."""
        if strange := next((shape for shape in shapes if not self.takes(shape)), None):
            raise RequestError(f"{strange} (m x k x n) is no shape of {self.name}")

    @abstractmethod
    def path(self, params: P, roles: Collection[str], shape: Shape) -> str:
        """The path that a row-major call goes in the sketch; roles: the kernels that the instruction set has."""

    @abstractmethod
    def calls(self, sizes: Sizes) -> list[str]:
        """The cases of whole calls that prove it, beside those of its kernels by themselves."""

    def unreached(self, geometry: Geometry, sizes: Collection[str]) -> list[str]:  # noqa: ARG002  # likewise
        """Parameters whose edges the calls cannot reach, as the candidate does not say them."""
        return []

    def loops(self, params: P) -> dict[Role, Loop]:  # noqa: ARG002  # likewise
        """The kernels that may be reordered."""
        return {}

    def moves(self, params: P, factors: Factors) -> tuple[Move[P], ...]:
        """Every legal single change."""
        found = self.space.moves(params, factors)
        return tuple(m for m in found if m.params != params and not self.problems(m.params, factors))

    def changes(self, params: P, factors: Factors) -> str:
        """What differs from the defaults, as `changed` reads it."""
        usual = self.defaults(factors).to_dict()
        return written({name: value for name, value in params.to_dict().items() if value != usual[name]})

    def changed(self, text: str, factors: Factors) -> P:
        """The defaults with changes, "kc=256,ahead=on". Raises ValueError that says what is wrong."""
        params = self.params.from_dict(self.defaults(factors).to_dict() | self.params.read(text))
        if found := self.problems(params, factors):
            raise ValueError("; ".join(found))
        return params
