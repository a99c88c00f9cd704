"""The values that cases are made of: sizes round every edge, scalars, data, placements."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tensorop_gen.operators.cases.geometry import Geometry

Level = Literal["smoke", "quick", "full", "case"]
SCALARS = ("0", "1", "-1", "0.7", "1.3")  # 0 first
WHOLE_SCALARS = ("0", "1", "-1", "2")  # keep sums of integers exact
BETAS = (*SCALARS, "-0")
LAYOUTS = ("NN", "TN", "NT", "TT")
LONGEST = 4096  # k: one dropped term must still show
_SMALL_K = (0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33, 64, 100, 129)
_LARGE_K = 1100  # parameters up to this are taken for blocks of k
_LARGE = 10_000  # and up to this for blocks of rows or columns


def line(kind: str, **values: object) -> str:
    """A case as text, in the order given; values that are None are left out."""
    return " ".join([kind, *(f"{name}={value}" for name, value in values.items() if value is not None)])


def around(values: Iterable[int]) -> list[int]:
    """Each value and its neighbours, positive, ascending."""
    return sorted({v + d for v in values for d in (-1, 0, 1) if v + d > 0})


@dataclass(frozen=True, slots=True)
class Sizes:
    """What one plan draws from. parameters: the candidate's own numbers, by name."""

    geometry: Geometry
    parameters: Mapping[str, int]
    level: Level
    rng: random.Random

    @property
    def full(self) -> bool:
        return self.level == "full"

    @property
    def smoke(self) -> bool:
        return self.level == "smoke"

    def knows(self, *names: str) -> bool:
        return self.parameters.keys() >= set(names)

    def blocks_of_k(self) -> list[int]:
        """Numbers that may be blocks of k."""
        return sorted({p for p in self.parameters.values() if 32 <= p <= _LARGE_K})

    def steps(self) -> list[int]:
        """k: small ones, and those round the blocks of k."""
        return sorted({*_SMALL_K, *around(self.blocks_of_k())})

    def spans(self) -> list[int]:
        """m or n round the blocks of rows and columns."""
        return around(p for p in self.parameters.values() if 32 <= p <= _LARGE)

    def pick(self, values: Iterable[int]) -> int:
        return self.rng.choice(list(values))

    def sample(self, cases: list[str], smoke: int, quick: int) -> list[str]:
        """All cases at level full, else a random choice of so many."""
        most = smoke if self.smoke else quick
        if self.full or len(cases) <= most:
            return cases
        return self.rng.sample(cases, most)

    def scalars(self, data: str = "random") -> dict[str, str]:
        """alpha is not 0, which would hide all products and never reaches an instance."""
        names = WHOLE_SCALARS if data == "ints" else SCALARS
        return {"alpha": self.rng.choice(names[1:]), "beta": self.rng.choice(names if data == "ints" else BETAS)}

    def place(self) -> dict[str, object]:
        """Where operands lie: flush with one of the guards, or a few floats off it; the usual or the unusual
        floating-point state."""
        return {
            "place": self.rng.choice(("end", "end", "start")),
            "shift": self.rng.choice((None, None, 1, 2, 3, 5)),
            "mode": self.rng.choice((None, 1)),
        }

    def call(self, m: int, n: int, k: int, **rest: Any) -> str:
        """A whole call; strides from the layout (any, unless given), padded by odd amounts now and then."""
        kind, layout = rest.pop("kind", "run"), rest.pop("layout", None) or self.rng.choice(LAYOUTS)
        pads = [self.pick((0, 0, 1, 3, 16)) for _ in range(3)]
        a = {"a_cs": m + pads[0]} if layout[0] == "N" else {"a_rs": k + pads[0], "a_cs": 1}
        b = {"b_cs": k + pads[1]} if layout[1] == "N" else {"b_rs": n + pads[1], "b_cs": 1}
        return line(kind, m=m, n=n, k=k, **a, **b, ldc=m + pads[2], **rest)
