"""Kernel names: made and parsed here only. The name of a kernel says all about it; the hash is of its instructions.

tensorop_<dtype>_<op>_<role>_<MR>[v]x<NR>__<isa>_<variant>
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot", "lanes"]

_NAME = re.compile(
    r"tensorop_(?P<dtype>[a-z]+\d+)_(?P<operator>[a-z\d]+)_"
    r"(?P<role>pack_a|pack_b|compute|direct_n|direct_t|stream|dot|lanes)"
    r"_(?P<mr>\d+)(?P<scalable>v?)x(?P<nr>\d+)__(?P<isa>[a-z\d]+)_(?P<variant>[a-z\d_]+)"
)


@dataclass(frozen=True, slots=True)
class KernelName:
    """What a kernel is: mr x nr is its largest tile (mr in vectors if scalable; STREAM: k x n)."""

    dtype: str
    operator: str
    role: Role
    mr: int
    nr: int
    isa: str
    variant: str
    scalable: bool = False

    def __str__(self) -> str:
        tile = f"{self.mr}{'v' if self.scalable else ''}x{self.nr}"
        return f"tensorop_{self.dtype}_{self.operator}_{self.role}_{tile}__{self.isa}_{self.variant}"


def parse(name: str) -> KernelName:
    """The inverse of str(). Raises ValueError for what is not a kernel's name."""
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(f"not a kernel name: {name!r}")
    parts = found.groupdict()
    return KernelName(
        dtype=parts["dtype"],
        operator=parts["operator"],
        role=parts["role"],  # type: ignore[arg-type]  # one of the pattern's alternatives
        mr=int(parts["mr"]),
        nr=int(parts["nr"]),
        isa=parts["isa"],
        variant=parts["variant"],
        scalable=bool(parts["scalable"]),
    )
