from __future__ import annotations

import pytest

from tensorop_gen.measure.shapes import choose, flops, footprint, load_classes
from tensorop_gen.request.model import RequestError, Shape


def test_classes_of_the_data_file() -> None:
    classes = {one.name: one for one in load_classes()}
    assert list(classes) == ["tiny", "mid", "large", "skinny"]
    assert classes["tiny"].shapes[4] == Shape(5, 7, 11)
    assert Shape(64, 4096, 64) in classes["mid"].shapes
    assert [s.layout for s in classes["large"].shapes if s.m == s.n == s.k == 1024] == ["NN", "TN", "NT", "TT"]
    assert Shape(2048, 4096, 4096) in classes["large"].shapes
    assert classes["skinny"].shapes == (Shape(1, 4096, 4096), Shape(4, 4096, 4096))
    assert [one.name for one in classes.values() if one.memory_bound] == ["skinny"]


def test_flops_and_footprint() -> None:
    assert flops(Shape(2, 3, 5)) == 60
    assert footprint(Shape(2, 3, 5)) == 4 * (6 + 15 + 10)


def test_chosen_classes_come_in_the_order_of_the_file() -> None:
    assert [one.name for one in choose(None, "large,tiny")] == ["tiny", "large"]
    assert choose(None, None) == load_classes()


def test_shapes_keep_what_their_class_knows() -> None:
    chosen = choose("4x4096x4096,10x20x30,8^3", None)
    assert [(one.name, one.memory_bound, one.shapes) for one in chosen] == [
        ("tiny", False, (Shape(8, 8, 8),)),
        ("skinny", True, (Shape(4, 4096, 4096),)),
        ("other", False, (Shape(10, 20, 30),)),
    ]


def test_unknown_names() -> None:
    with pytest.raises(RequestError, match='"huge": they are tiny, mid, large, skinny'):
        choose(None, "tiny,huge")
    with pytest.raises(RequestError, match="not a shape"):
        choose("8by8", None)
