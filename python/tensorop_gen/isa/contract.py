"""What a kernel is given and may do with it: for checking code of unknown origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tensorop_gen.isa.names import Role


@dataclass(frozen=True, slots=True)
class Contract:
    """arguments: in the order of the C signature, each the name of the buffer that it points to, or "" for a number.
    pointers: (buffer, offset) -> the buffer that the pointer kept there points to. reads, writes: buffers that the
    kernel may read and write. data: those with matrix elements, which must not decide anything. Pointers to a buffer in
    neither reads nor writes are for prefetching only."""

    arguments: tuple[str, ...]
    pointers: Mapping[tuple[str, int], str]
    reads: frozenset[str]
    writes: frozenset[str]
    data: frozenset[str]


_COMPUTE = Contract(
    arguments=("", "a", "b", "c", "", "tile"),
    pointers={("tile", 24): "next"},
    reads=frozenset({"a", "b", "c", "tile"}),
    writes=frozenset({"c"}),
    data=frozenset({"a", "b", "c"}),
)
_PACK = Contract(
    arguments=("", "", "src", "panel"),
    pointers={("src", 0): "a"},
    reads=frozenset({"a", "src", "panel"}),
    writes=frozenset({"panel"}),
    data=frozenset({"a", "panel"}),
)
CONTRACTS: Mapping[Role, Contract] = {"compute": _COMPUTE, "pack_a": _PACK, "pack_b": _PACK}
