from __future__ import annotations

from dataclasses import replace

import pytest

from tensorop_gen.operators.cases.geometry import Geometry, Path
from tensorop_gen.operators.cases.sizes import Level
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.verify.plan import plan

GEOMETRY = Geometry(
    name="toy",
    mr=12,
    nr=5,
    lanes=4,
    direct_rows=8,
    direct_n_max=(6, 3),
    stream_k=4,
    stream_n=3,
    stream_products=8,
    dot_edge=3,
    dot_products=6,
    workspace=1 << 16,
    m_grain=12,
    n_grain=5,
    kernels=frozenset({"pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot"}),
    sandboxed=True,
    unchecked=(),
)
KNOWN = {
    "mc": 24,
    "nc": 35,
    "kc": 40,
    "direct_kc": 40,
    "stream_rows": 64,
    "stream_min_rows": 50,
    "dot_min_k": 70,
}
LEVELS: tuple[Level, ...] = ("smoke", "quick", "full")


def parsed(cases: list[str], kind: str) -> list[dict[str, str]]:
    return [dict(word.split("=") for word in case.split()[1:]) for case in cases if case.split()[0] == kind]


def tiles(cases: list[str], kind: str) -> set[tuple[int, int]]:
    return {(int(c["m"]), int(c["n"])) for c in parsed(cases, kind)}


@pytest.mark.parametrize("level", ["quick", "full"])
def test_every_tile_size(level: Level) -> None:
    cases = plan(OPERATOR, GEOMETRY, KNOWN, level, 0)
    assert tiles(cases, "compute") == {(m, n) for m in range(1, 13) for n in range(1, 6)}
    for kind in ("direct_n", "direct_t"):
        assert tiles(cases, kind) == {(m, n) for m in range(1, 9) for n in range(1, 7 if m <= 4 else 4)}
    assert tiles(cases, "dot") == {(m, n) for m in range(1, 4) for n in range(1, 4) if m * n <= 6}


@pytest.mark.parametrize("kind", ["compute", "direct_n", "direct_t"])
def test_every_tile_with_few_and_many_steps(kind: str) -> None:
    """Whatever the seed: a wrong tail of one tile's loop shows at few steps only, its loop at many."""
    cases = parsed(plan(OPERATOR, GEOMETRY, KNOWN, "quick", 3), kind)
    for data in ("random", "ints"):
        some = [c for c in cases if c.get("data", "random") == data]
        few = {(c["m"], c["n"]) for c in some if int(c["k"]) <= 4}
        many = {(c["m"], c["n"]) for c in some if int(c["k"]) > 12}
        assert few == many == {(c["m"], c["n"]) for c in cases}


@pytest.mark.parametrize("level", LEVELS)
def test_integers_at_every_k_and_round_the_block(level: Level) -> None:
    """Exact data at each k that is tested at all; the block of 40 k-steps with its neighbours; one long sum."""
    for kind in ("compute", "direct_n", "direct_t"):
        cases = parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), kind)
        exact = {int(c["k"]) for c in cases if c.get("data") == "ints" and c["alpha"] != "0"}
        assert exact >= {0, 1, 2, 3, 4, 5, 7, 8, 39, 40, 41, 4096}
        assert {int(c["k"]) for c in cases if c.get("data", "random") == "random"} <= exact | {6, 11}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["compute", "direct_n", "direct_t"])
def test_no_small_k_is_left_out(level: Level, kind: str) -> None:
    """A kernel may count with a number that is none of its parameters."""
    cases = parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), kind)
    for data in ("ints", None):
        assert {int(c["k"]) for c in cases if data in (None, c.get("data"))} >= set(range(35))


@pytest.mark.parametrize("level", LEVELS)
def test_many_calls_in_a_row_as_in_timing(level: Level) -> None:
    """On each path: the same places, alpha 1, beta 0, no padding; integers, so that inputs and sums repeat."""
    found = [c for c in parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), "run") if int(c.get("repeat", 1)) >= 100]
    assert {int(c["path"]) for c in found} == {-1, *Path}
    assert {(c["alpha"], c["beta"], c["data"], c["place"], c["ldc"] == c["m"]) for c in found} == {
        ("1", "0", "ints", "start", True)
    }
    assert {int(c["m"]) * int(c["n"]) * int(c["k"]) for c in found} == {1, 13 * 6 * 9}


@pytest.mark.parametrize("level", LEVELS)
def test_whole_calls_on_wide_data(level: Level) -> None:
    found = [c for c in parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), "run") if c.get("data") == "wide"]
    assert any(not int(c["m"]) % 2 and not int(c["n"]) % 2 and not int(c["k"]) % 2 for c in found)


@pytest.mark.parametrize("level", LEVELS)
def test_scalars_and_unread_c(level: Level) -> None:
    cases = parsed(plan(OPERATOR, GEOMETRY, {}, level, 0), "compute")
    pairs = {(c.get("alpha"), c.get("beta")) for c in cases}
    assert pairs >= {(a, b) for a in ("0", "1", "-1", "0.7", "1.3") for b in ("0", "-0", "1", "-1", "0.7", "1.3")}
    unread = {(int(c["m"]), int(c["n"])) for c in cases if c.get("beta") in ("0", "-0")}
    assert (12, 5) in unread
    assert len(unread) > 3


@pytest.mark.parametrize("level", LEVELS)
def test_limits_of_narrow_kernels(level: Level) -> None:
    cases = plan(OPERATOR, GEOMETRY, {}, level, 0)
    stream = parsed(cases, "stream")
    assert stream
    assert all(int(c["n"]) * int(c["k"]) <= 8 and int(c["n"]) <= 3 and int(c["k"]) <= 4 for c in stream)
    assert all(int(m) * int(n) <= 6 for m, n in tiles(cases, "dot"))


@pytest.mark.parametrize("level", LEVELS)
def test_forced_paths_get_what_they_want(level: Level) -> None:
    """DIRECT and STREAM: A's columns contiguous; DOT: the wide operand contiguous along k."""
    runs = parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), "run")
    seen = {int(c.get("path", -1)) for c in runs}
    assert seen == {-1, *Path}
    for c in runs:
        path, a_rs, b_rs = int(c.get("path", -1)), c.get("a_rs", "1"), c.get("b_rs", "1")
        if path in (Path.DIRECT, Path.STREAM):
            assert a_rs == "1"
        if path == Path.DOT:
            few_rows, few_columns = int(c["m"]) <= 3 and b_rs == "1", int(c["n"]) <= 3 and c["a_cs"] == "1"
            assert few_rows or few_columns
        assert c["alpha"] != "0"


def shapes(cases: list[str], *words: str) -> list[tuple[int, int, int]]:
    """m, n, k of the whole calls that these words stand in."""
    calls = [c.split() for c in cases if c.split()[0] in ("run", "packed") and set(words) <= set(c.split())]
    return [tuple(int(w[2:]) for w in c if w[:2] in ("m=", "n=", "k=")) for c in calls]  # type: ignore[misc]


def over(shape: tuple[int, int, int]) -> str:
    """The dimensions in which a shape has more than one block."""
    return "".join(name for name, size, block in zip("mnk", shape, (24, 35, 40), strict=True) if size > block)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(3))
def test_blocks_in_two_and_three_dimensions(level: Level, seed: int) -> None:
    cases = plan(OPERATOR, GEOMETRY, KNOWN, level, seed)
    packed = f"path={Path.PACKED:d}"
    assert {over(shape) for shape in shapes(cases, "run", packed)} >= {"mn", "mk", "nk"}
    if level == "smoke":
        return
    assert "mnk" in {over(shape) for shape in shapes(cases, "run", packed)}
    assert any(m > 2 * 24 and k > 2 * 40 for m, _, k in shapes(cases, "run", packed)), "three blocks"
    for which in ("A", "B", "AB"):
        wanted = {"mn", "mk", "nk"} | ({"mnk"} if level == "full" else set())
        assert {over(shape) for shape in shapes(cases, "packed", f"which={which}")} >= wanted


@pytest.mark.parametrize("level", ["quick", "full"])
def test_no_scalar_hides_what_a_second_block_does(level: Level) -> None:
    """alpha or beta of 1 would: those with none are there for each pair, with and without a C that must not be read."""
    cases = [
        c
        for c in plan(OPERATOR, GEOMETRY, KNOWN, level, 0)
        if c[:3] == "run" and " alpha=1 " not in c and " beta=1 " not in c
    ]
    unread = {c for c in cases if " beta=0 " in c or " beta=-0 " in c}
    for some in (list(unread), [c for c in cases if c not in unread]):
        assert {over(shape) for shape in shapes(some)} >= {"mn", "mk", "nk"}


@pytest.mark.parametrize("level", ["quick", "full"])
def test_shares_above_and_below_a_block(level: Level) -> None:
    calls = [c for kind in ("run", "packed") for c in parsed(plan(OPERATOR, GEOMETRY, KNOWN, level, 0), kind)]
    for size, split, block in (("m", "split_m", 24), ("n", "split_n", 35)):
        cut = [(int(c[size]), int(c[split])) for c in calls if split in c and int(c["k"]) > 40]
        assert any(whole > share > block for whole, share in cut)
        assert any(whole > block >= share for whole, share in cut)


@pytest.mark.parametrize("level", ["quick", "full"])
def test_operands_in_place_over_their_blocks(level: Level) -> None:
    cases = plan(OPERATOR, GEOMETRY, KNOWN, level, 0)
    for path, layout_a in ((Path.DIRECT, "a_rs"), (Path.DIRECT_PACK, "")):
        found = [c for c in parsed(cases, "run") if c.get("path") == f"{path:d}" and layout_a not in c]
        assert {int(c["k"]) for c in found if int(c["m"]) > 16 and int(c["n"]) > 12} >= {41, 81}
    stream = shapes(cases, f"path={Path.STREAM:d}")
    assert {m for m, n, k in stream if n == 3 and k > 4} >= {65, 129}


@pytest.mark.parametrize("level", ["quick", "full"])
def test_both_sides_of_what_the_choice_of_path_hangs_on(level: Level) -> None:
    chosen = shapes([c for c in plan(OPERATOR, GEOMETRY, KNOWN, level, 0) if " path=" not in c], "run")
    assert {(m, n) for m, n, _ in chosen} >= {(m, n) for m in (49, 50) for n in (3, 4)}
    assert {(m, k) for m, _, k in chosen} >= {(m, k) for m in (3, 4) for k in (69, 70)}
    assert {(n, k) for _, n, k in chosen} >= {(n, k) for n in (3, 4) for k in (69, 70)}
    longest = (1 << 16) // (3 * 4)
    assert {(m, k) for m, _, k in chosen} >= {(3, longest), (3, longest + 1)}


def test_what_the_candidate_does_not_say_is_named() -> None:
    assert OPERATOR.unreached(GEOMETRY, KNOWN) == []
    assert OPERATOR.unreached(GEOMETRY, {"mc": 24, "dot_min_k": 70}) == [
        *("direct_kc", "kc", "nc", "stream_min_rows", "stream_rows")
    ]
    assert OPERATOR.unreached(replace(GEOMETRY, kernels=frozenset({"dot"})), {}) == ["dot_min_k"]


def test_absent_kernels_are_left_out() -> None:
    few = replace(GEOMETRY, kernels=frozenset({"pack_a", "pack_b", "compute"}))
    kinds = {case.split()[0] for case in plan(OPERATOR, few, {}, "quick", 0)}
    assert kinds == {"pack_a", "pack_b", "compute", "run", "packed"}
    assert few.paths == [Path.PACKED]


def test_levels_grow_and_repeat() -> None:
    counts = [len(plan(OPERATOR, GEOMETRY, KNOWN, level, 0)) for level in LEVELS]
    assert counts == sorted(counts)
    assert counts[0] > 1000
    assert plan(OPERATOR, GEOMETRY, KNOWN, "quick", 5) == plan(OPERATOR, GEOMETRY, KNOWN, "quick", 5)
    assert plan(OPERATOR, GEOMETRY, KNOWN, "quick", 5) != plan(OPERATOR, GEOMETRY, KNOWN, "quick", 6)
    with pytest.raises(ValueError, match="its own plan"):
        plan(OPERATOR, GEOMETRY, {}, "case", 0)


def test_calls_only_are_whole_calls_on_every_path() -> None:
    cases = plan(OPERATOR, GEOMETRY, KNOWN, "smoke", 0, calls_only=True)
    assert {case.split()[0] for case in cases} == {"run", "packed"}
    assert {case.get("path") for case in parsed(cases, "run")} >= {str(int(path)) for path in GEOMETRY.paths}
