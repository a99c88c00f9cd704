"""Where data come from, by how much else was touched since they were last used, and what it takes to bring them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.cost.table import CostError

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import HardwareFactors, Source

FLOAT = 4  # bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """levels: bytes of each data cache, and what feeds L1 from it; L1 has no feed. loads: factor on all costs."""

    levels: tuple[tuple[int, Source | None], ...]
    beyond: Source
    line: int
    outstanding: int
    prefetched: bool
    loads: float

    @classmethod
    def of(cls, factors: HardwareFactors, loads: float = 1.0) -> Memory:
        """Raises CostError for a target that does not say what its caches cost."""
        feeds = {feed.level: feed for feed in factors.feeds}
        caches = [cache for level in (1, 2, 3) if (cache := factors.cache(level))]
        lacking = [f"L{cache.level}" for cache in caches[1:] if cache.level not in feeds]
        lacking += [] if 0 in feeds else ["memory"]
        if lacking or not factors.misses:
            what = f"feeds of {', '.join(lacking)}" if lacking else "misses"
            raise CostError(f"{factors.name}: its file has no {what}, so no whole product can be modelled")
        levels = tuple((cache.bytes, feeds.get(cache.level)) for cache in caches)
        misses = factors.misses
        return cls(levels, feeds[0], caches[0].line, misses.outstanding, misses.prefetched, loads)

    def holding(self, touched: int) -> Source | None:
        """What feeds data between whose uses so many bytes are touched, all with the least recently used leaving first;
        None: they stay in L1. One core works, so caches that are shared are all its own."""
        return next((feed for size, feed in self.levels if touched <= size), self.beyond)

    def run(self, size: float, feed: Source | None) -> float:
        """Cycles that `size` bytes in address order take the link to L1."""
        if feed is None:
            return 0.0
        if not self.prefetched:
            return self.scattered(size / self.line, feed)
        return self.loads * size / feed.bytes_per_cycle

    def scattered(self, lines: float, feed: Source | None) -> float:
        """Cycles that lines here and there are waited for."""
        if feed is None:
            return 0.0
        return self.loads * lines * max(feed.latency / self.outstanding, self.line / feed.bytes_per_cycle)

    def first(self, feed: Source | None) -> float:
        """Cycles until the first line of a run is there."""
        return self.loads * feed.latency if feed else 0.0

    def lines(self, floats: int) -> float:
        """Lines of a run that may begin anywhere in one, at a multiple of four bytes: the mean."""
        per_line = self.line // FLOAT
        return (floats + per_line - 1) / per_line
