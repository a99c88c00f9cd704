"""A case that a user asks for by name: refused in words where it is none."""

from __future__ import annotations

from tensorop_gen.operators.cases.geometry import KERNELS, Geometry
from tensorop_gen.request.model import RequestError

_LONGEST = 300  # characters


class CaseError(RequestError):
    """What was asked for is not a case, or not one of this candidate."""

    def __init__(self, case: str, problem: str) -> None:
        self.case, self.problem = case, problem
        super().__init__(f"{case!r} is not a case: {problem}; copy it from the last line of a failed proof")

    def __reduce__(self) -> tuple[type[CaseError], tuple[str, str]]:
        return CaseError, (self.case, self.problem)


def require(case: str, geometry: Geometry) -> None:
    """Raises CaseError for what the verifier would not take for one case of this candidate."""
    kind = case.split(" ")[0]
    if len(case) > _LONGEST or not case.isprintable():
        raise CaseError(case, f"one line of at most {_LONGEST} characters is")
    if kind not in (*KERNELS, "run", "packed"):
        raise CaseError(case, f"one begins with {', '.join(KERNELS)}, run or packed")
    if kind in KERNELS and kind not in geometry.kernels:
        raise CaseError(case, f"this candidate has no kernel {kind}")
