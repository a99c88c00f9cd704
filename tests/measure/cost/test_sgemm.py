from __future__ import annotations

from dataclasses import replace

import pytest

from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.model import HardwareFactors, Misses
from tensorop_gen.measure.cost.memory import Memory
from tensorop_gen.measure.cost.product import Product, blocks, even
from tensorop_gen.measure.cost.sgemm import Model
from tensorop_gen.measure.cost.table import CostError
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Shape
from tensorop_gen.request.shapes import parse_shapes

CPUS = ("c906", "c908", "c910", "spacemit-k1", "cortex-a72", "cortex-a76", "zen4")


@pytest.fixture(params=CPUS)
def factors(request: pytest.FixtureRequest) -> HardwareFactors:
    return load(request.param)


def test_faster_than_the_peak_is_nothing_and_dear_loads_are_slower(factors: HardwareFactors) -> None:
    for shape in parse_shapes("64^3, 127x129x131, 512^3"):
        half, plain, double = (Model(factors, defaults(factors), loads=x).predict(shape) for x in (0.5, 1.0, 2.0))
        assert 100 > half.percent >= plain.percent >= double.percent > 0
        assert plain.kind == "modelled"
        assert plain.cycles == pytest.approx(plain.parts.cycles)
        assert plain.parts.loops > 0


@pytest.mark.parametrize("text", ["1x1x1", "5x70x30 NT", "257x1025x33 TT", "20x3x400", "300x400x500 TN"])
def test_every_path_and_edge_has_a_time(factors: HardwareFactors, text: str) -> None:
    (shape,) = parse_shapes(text)
    assert 0 < Model(factors, defaults(factors)).predict(shape).percent < 100


def test_the_path_is_the_sketchs() -> None:
    model = Model(load("zen4"), replace(defaults(load("zen4")), direct_work=10**6, direct_pack_work=10**7))
    paths = {text: model.path(parse_shapes(text)[0]) for text in ("90^3", "200^3", "300^3", "90^3 NT", "8x9000x90")}
    assert list(paths.values()) == ["direct", "direct_pack", "packed", "direct_pack", "direct_pack"]
    for text in ("4096x256x1", "1x4096x4096", "2x256x900 TN"):
        with pytest.raises(CostError, match=r"STREAM|DOT"):
            model.path(parse_shapes(text)[0])


def test_what_does_not_fit_a_cache_comes_from_the_next() -> None:
    factors = load("cortex-a76")
    memory = Memory.of(factors)
    l1, l2, l3 = (cache.bytes for level in (1, 2, 3) if (cache := factors.cache(level)))
    held = [memory.holding(size) for size in (l1, l1 + 1, l2 + 1, l3 + 1)]
    assert [feed and feed.level for feed in held] == [None, 2, 3, 0]
    assert memory.run(4700, held[3]) == pytest.approx(1000)
    assert memory.run(4700, None) == 0
    assert memory.scattered(8, held[1]) == pytest.approx(8 * max(11 / 16, 64 / 32))
    alone = factors.model_copy(update={"misses": Misses(outstanding=1, prefetched=False)})
    assert Memory.of(alone).run(640, held[3]) == pytest.approx(10 * 260)


def test_a_longer_loop_of_the_judge_is_believed_and_one_below_the_floor_is_not() -> None:
    factors, shape = load("spacemit-k1"), Shape(256, 256, 256)
    plain, slow, fast = (Model(factors, defaults(factors), loop=x).predict(shape).parts for x in (1.0, 1.5, 0.1))
    assert slow.loops == pytest.approx(1.5 * plain.loops)
    assert 0.9 * plain.loops < fast.loops < plain.loops


def test_blocks_are_cut_as_in_the_sketch() -> None:
    assert even(1024, 1000, 8) == 512
    assert even(1025, 512, 1) == 342
    assert list(blocks(1025, 342)) == [(342, 2), (341, 1)]
    assert list(blocks(5, 8)) == [(5, 1)]
    assert Product.of(Shape(2, 3, 4, "TN")) == Product(4, 3, 2, rows_a=True, steps_b=False)


def test_a_target_that_does_not_say_enough_is_named() -> None:
    silent = load("cortex-a76").model_copy(update={"feeds": ()})
    with pytest.raises(CostError, match="cortex-a76: its file has no feeds of L2, L3, memory"):
        Model(silent, defaults(silent)).predict(Shape(64, 64, 64))
    with pytest.raises(CostError, match="x86-64-v3: its file has no costs"):
        Model(load("x86-64-v3"), defaults(load("x86-64-v3"))).predict(Shape(64, 64, 64))
