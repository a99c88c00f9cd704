"""The request: operator, data type, target and shapes, as understood from one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Layout = Literal["NN", "TN", "NT", "TT"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


@dataclass(frozen=True, slots=True)
class Shape:
    """C (m x n) = A (m x k) * B (k x n). layout: transposition of the row-major A and B."""

    m: int
    k: int
    n: int
    layout: Layout = "NN"

    def __str__(self) -> str:
        """Written m x k x n, as everywhere; the layout only where it is not the plain one."""
        size = f"{self.m}x{self.k}x{self.n}"
        return size if self.layout == "NN" else f"{size} {self.layout}"


@dataclass(frozen=True, slots=True)
class Request:
    """target is the user's own words ("host" for this machine): the hardware stage resolves them."""

    text: str
    operator: str = "gemm"
    dtype: str = "f32"
    target: str = "host"
    shapes: tuple[Shape, ...] = ()


class RequestError(ValueError):
    """The sentence was not understood. understood: what was; nearest: names close to what was not."""

    def __init__(self, problem: str, understood: str = "", nearest: tuple[str, ...] = ()) -> None:
        self.problem = problem
        self.understood = understood
        self.nearest = nearest
        lines = [problem]
        if understood:
            lines.append(f"understood: {understood}")
        if nearest:
            lines.append(f"nearest: {', '.join(nearest)}")
        super().__init__("\n".join(lines))
