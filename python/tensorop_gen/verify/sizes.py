"""The values that cases are made of: sizes round every edge, scalars, data, placements."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from tensorop_gen.verify.geometry import Geometry
from tensorop_gen.verify.model import Level

SCALARS = ("0", "1", "-1", "0.7", "1.3")
WHOLE_SCALARS = ("0", "1", "-1", "2")  # keep sums of integers exact
BETAS = (*SCALARS, "-0")
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
    """What one plan draws from. parameters: the candidate's own numbers."""

    geometry: Geometry
    parameters: tuple[int, ...]
    level: Level
    rng: random.Random

    @property
    def full(self) -> bool:
        return self.level == "full"

    @property
    def smoke(self) -> bool:
        return self.level == "smoke"

    def steps(self) -> list[int]:
        """k: small ones, and those round the blocks of k."""
        return sorted({*_SMALL_K, *around(p for p in self.parameters if 32 <= p <= _LARGE_K)})

    def spans(self) -> list[int]:
        """m or n round the blocks of rows and columns."""
        return around(p for p in self.parameters if 32 <= p <= _LARGE)

    def pick(self, values: Iterable[int]) -> int:
        return self.rng.choice(list(values))

    def sample(self, cases: list[str], smoke: int, quick: int) -> list[str]:
        """All cases at level full, else a random choice of so many."""
        most = smoke if self.smoke else quick
        if self.full or len(cases) <= most:
            return cases
        return self.rng.sample(cases, most)

    def scalars(self, data: str = "random") -> dict[str, str]:
        names = WHOLE_SCALARS if data == "ints" else SCALARS
        return {"alpha": self.rng.choice(names), "beta": self.rng.choice(names if data == "ints" else BETAS)}

    def scalars_of_call(self, data: str) -> dict[str, str]:
        """As scalars(), without alpha = 0, which never reaches an instance."""
        scalars = self.scalars(data)
        return scalars | {"alpha": "1"} if scalars["alpha"] == "0" else scalars

    def place(self) -> dict[str, object]:
        """Where operands lie: flush with one of the guards, or a few floats off it; the usual or the unusual
        floating-point state."""
        return {
            "place": self.rng.choice(("end", "end", "start")),
            "shift": self.rng.choice((None, None, 1, 2, 3, 5)),
            "mode": self.rng.choice((None, 1)),
        }
