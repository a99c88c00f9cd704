"""Keys of caches for what is large and never changes: found again by identity, as its content takes long to compare.

Kernels that were not reordered come from a cache themselves (operators/gemm/kernels.py), so they are found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[T]):
    """Equal to another if both hold one object, which lives as long as the key does."""

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)
