from __future__ import annotations

import pytest

from tensorop_gen.measure import analysis
from tensorop_gen.measure.analysis import BEST

from .samples import LARGE, SKINNY, TINY, comparison

FOUND = comparison()


def test_order_is_the_one_measured() -> None:
    assert analysis.classes(FOUND) == ["tiny", "large", "skinny"]
    assert analysis.shapes(FOUND) == [TINY, LARGE, SKINNY]
    assert analysis.shapes(FOUND, "large") == [LARGE]
    assert analysis.peers(FOUND) == ["fast", "slow"]
    assert analysis.thread_counts(FOUND) == [1, 2]


def test_ratio_is_our_speed_over_theirs_and_pairs_cancel_outliers() -> None:
    found = analysis.ratio(FOUND, TINY, 1, "slow")
    assert found is not None
    assert [found.value, found.low, found.high] == pytest.approx([4.0] * 3)


def test_best_peer_of_each_shape() -> None:
    assert analysis.best_peer(FOUND, TINY, 1) == "fast"
    best = analysis.ratio(FOUND, TINY, 1, BEST)
    assert best is not None
    assert best.value == pytest.approx(0.5)


def test_a_wrong_result_is_nobodys_best() -> None:
    assert analysis.ratio(FOUND, LARGE, 1, "slow") is None
    assert analysis.best_peer(FOUND, LARGE, 1) == "fast"
    assert analysis.best_peer(FOUND, SKINNY, 1) is None
    assert analysis.ratio(FOUND, SKINNY, 1, BEST) is None


def test_class_mean_is_geometric_over_the_shapes_there_are() -> None:
    both = FOUND.model_copy(update={"results": tuple(r.model_copy(update={"shape_class": "x"}) for r in FOUND.results)})
    mean = analysis.class_ratio(both, "x", 1, BEST)
    assert mean is not None
    assert mean.value == pytest.approx(1.0)  # of 0.5 and 2
    assert analysis.class_ratio(FOUND, "skinny", 1, BEST) is None


def test_scaling_is_paired() -> None:
    found = analysis.scaling(FOUND, LARGE, "ours", 2)
    assert found is not None
    assert found.value == pytest.approx(2.0)
    assert analysis.scaling(FOUND, TINY, "ours", 2) is None


def test_farthest_comes_first() -> None:
    assert [(shape, threads) for shape, threads, _, _ in analysis.farthest(FOUND, 2)] == [(TINY, 1), (LARGE, 1)]
