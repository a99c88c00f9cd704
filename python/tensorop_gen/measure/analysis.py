"""Ratios of a comparison: to each peer, to the best peer of each shape, over a class, from one thread to more."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from tensorop_gen.measure.statistics import Estimate, estimate, geometric_mean, ratios

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorop_gen.measure.model import Comparison, Result
    from tensorop_gen.request.model import Shape

BEST = "best peer"


def shapes(comparison: Comparison, shape_class: str | None = None) -> list[Shape]:
    """In the order measured."""
    found = dict.fromkeys(r.shape for r in comparison.results if shape_class in (None, r.shape_class))
    return list(found)


def classes(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(r.shape_class for r in comparison.results))


def thread_counts(comparison: Comparison) -> list[int]:
    return sorted({r.threads for r in comparison.results})


def peers(comparison: Comparison) -> list[str]:
    """All libraries but ours."""
    return [name for name in dict.fromkeys(r.library for r in comparison.results) if name != comparison.ours]


def samples(comparison: Comparison, shape: Shape, threads: int, peer: str) -> list[float] | None:
    """Our speed over the peer's, round by round; None where either has no speed to show. BEST: the shape's best."""
    if peer == BEST:
        best = best_peer(comparison, shape, threads)
        return samples(comparison, shape, threads, best) if best else None
    ours, theirs = (comparison.result(shape, threads, name) for name in (comparison.ours, peer))
    if ours is None or theirs is None or not ours.shown or not theirs.shown:
        return None
    return ratios(theirs.seconds, ours.seconds)


def ratio(comparison: Comparison, shape: Shape, threads: int, peer: str) -> Estimate | None:
    """Our speed over the peer's: above 1 we are faster."""
    paired = samples(comparison, shape, threads, peer)
    return estimate(paired) if paired else None


def best_peer(comparison: Comparison, shape: Shape, threads: int) -> str | None:
    """The peer against which the median of our paired ratio is lowest."""
    known = [(name, ratio(comparison, shape, threads, name)) for name in peers(comparison)]
    rated = [(found.value, name) for name, found in known if found is not None]
    return min(rated)[1] if rated else None


def class_ratio(comparison: Comparison, shape_class: str, threads: int, peer: str) -> Estimate | None:
    """The geometric mean over the class's shapes, estimated from the means of the single rounds."""
    found = [samples(comparison, shape, threads, peer) for shape in shapes(comparison, shape_class)]
    return _mean_of_rounds([one for one in found if one])


def scaling(comparison: Comparison, shape: Shape, library: str, threads: int) -> Estimate | None:
    """Speed with `threads` over speed with one, round by round."""
    one, more = (comparison.result(shape, count, library) for count in (1, threads))
    return estimate(ratios(one.seconds, more.seconds)) if _shown(one) and _shown(more) else None


def farthest(comparison: Comparison, count: int) -> list[tuple[Shape, int, str, Estimate]]:
    """The shapes (with threads and peer) where we are farthest behind the best peer, or least ahead of it."""
    found = [
        (shape, threads, best, ratio(comparison, shape, threads, best))
        for shape in shapes(comparison)
        for threads in thread_counts(comparison)
        if (best := best_peer(comparison, shape, threads))
    ]
    rated = [(shape, threads, best, value) for shape, threads, best, value in found if value is not None]
    return sorted(rated, key=lambda row: row[3].value)[:count]


def _mean_of_rounds(found: Iterable[Sequence[float]]) -> Estimate | None:
    rounds = [geometric_mean(values) for values in zip(*found, strict=True)]
    return estimate(rounds) if rounds else None


def _shown(result: Result | None) -> TypeGuard[Result]:
    return result is not None and result.shown
