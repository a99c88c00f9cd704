"""Cases of whole calls with several blocks in two or three dimensions at once: what only the second block of rows does
at only the second block of k-steps. None of them is left to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from tensorop_gen.operators.cases.geometry import Geometry, Path
from tensorop_gen.operators.cases.sizes import BETAS, LAYOUTS, SCALARS, WHOLE_SCALARS, Sizes

_AHEAD = ("", "A", "B", "AB")
# Those that hide nothing: with 1, a kernel may forget to scale, or scale once for each block.
_ALPHAS, _WHOLE_ALPHAS = ([x for x in xs if x not in ("0", "1")] for xs in (SCALARS, WHOLE_SCALARS))
_BETAS, _WHOLE_BETAS = ([x for x in xs if x != "1"] for xs in (BETAS, WHOLE_SCALARS))

# m, n, k of a call, given one more than a block.
_Shape = Callable[[Geometry, int], tuple[int, int, int]]
# Loops round the kernels that take operands where they lie: the parameter that is the block, layouts, a shape.
_LOOPS: tuple[tuple[Path, str, tuple[str, ...], _Shape], ...] = (
    (Path.DIRECT, "direct_kc", ("NN", "NT"), lambda g, over: (2 * g.direct_rows + 1, _columns(g), over)),
    (Path.DIRECT_PACK, "kc", LAYOUTS, lambda g, over: (2 * g.mr + 1, _columns(g), over)),
    (Path.STREAM, "stream_rows", ("NN", "NT"), lambda g, over: (over, g.stream_n, 2 * g.stream_k + 1)),
)


def blocks(s: Sizes) -> list[str]:
    """All of them, as far as the parameters are known."""
    cases = list(_in_place(s))
    if Path.PACKED in s.geometry.paths and s.knows("mc", "nc", "kc"):
        cases += [*_packed(s), *_shares(s)]
    return cases


def _columns(g: Geometry) -> int:
    return 2 * max(g.direct_n_max) + 1


def _over(s: Sizes) -> tuple[int, int, int]:
    """One row, column and k-step more than a block; a block of rows is at least one panel."""
    return max(s.parameters["mc"], s.geometry.mr) + 1, s.parameters["nc"] + 1, s.parameters["kc"] + 1


def _few(s: Sizes) -> tuple[int, int, int]:
    """Rows, columns and k-steps so few that the other two sizes may be large."""
    return s.pick((1, 2, 3)), s.pick((1, 5, 2 * s.geometry.nr + 1)), s.pick((2, 5, 9))


def _pairs(s: Sizes) -> Iterator[tuple[int, int, int]]:
    """Two dimensions over their blocks, the third small."""
    (m, n, k), (few_m, few_n, few_k) = _over(s), _few(s)
    yield m, few_n, k
    yield few_m, n, k
    yield m, n, few_k


def _packed(s: Sizes) -> Iterator[str]:
    """Both operands packed, by the call or ahead of it. All three dimensions at once are dear: drawn more rarely."""
    if s.smoke:
        yield from (_call(s, *shape, path=Path.PACKED) for shape in _pairs(s))
        return
    everywhere = LAYOUTS if s.full else (None,)  # None: any
    for which, layout in (*product(("",), LAYOUTS), *product(_AHEAD[1:], everywhere)):
        yield from (_ahead(s, which, *shape, layout=layout) for shape in _pairs(s))
        m, _, k = _over(s)
        yield _ahead(s, which, 2 * m, _few(s)[1], 2 * k, layout=layout)
    yield _ahead(s, "", *_over(s))
    if s.full:
        yield from (_ahead(s, which, *_over(s), layout=layout) for which, layout in product(_AHEAD[1:], LAYOUTS))


def _shares(s: Sizes) -> Iterator[str]:
    """Shares of more than a block each, for offsets of share and block add up; and of less, though the whole has more:
    how k is cut must not depend on it."""
    if s.smoke:
        return
    g, (m, n, k), (few_m, few_n, _) = s.geometry, _over(s), _few(s)
    rows, columns = _grains(m, g.m_grain), _grains(n, g.n_grain)
    for which in _AHEAD if s.full else ("", "AB"):
        yield _ahead(s, which, rows + m, few_n, k, split_m=rows)
        yield _ahead(s, which, few_m, columns + n, k, split_n=columns)
    yield _ahead(s, "", rows + 1, few_n, k, split_m=_grains(rows // 2, g.m_grain))
    yield _ahead(s, "", few_m, columns + 1, k, split_n=_grains(columns // 2, g.n_grain))


def _grains(size: int, grain: int) -> int:
    return -(-size // grain) * grain


def _in_place(s: Sizes) -> Iterator[str]:
    """Also in two shares: how k is cut must not depend on the share."""
    for path, name, layouts, shape in _LOOPS:
        if path not in s.geometry.paths or not s.knows(name):
            continue
        block = s.parameters[name]
        for layout, over in product(layouts[: 1 if s.smoke else None], (block + 1, 2 * block + 1)):
            m, n, k = shape(s.geometry, over)
            split = {"split_m": _grains(m // 2, s.geometry.m_grain), "split_n": _grains(n // 2, s.geometry.n_grain)}
            yield _call(s, m, n, k, layout=layout, path=path, **split)


def _ahead(s: Sizes, which: str, m: int, n: int, k: int, **rest: object) -> str:
    """A call with these operands packed ahead; none: on the path that packs both."""
    how: dict[str, object] = {"kind": "packed", "which": which} if which else {"path": Path.PACKED}
    return _call(s, m, n, k, **how, **rest)


def _call(s: Sizes, m: int, n: int, k: int, **rest: object) -> str:
    """Shares of random data: sums of integers are exact, so have the same bits however they are cut."""
    whole = not {"split_m", "split_n"} & set(rest) and s.rng.random() < 0.5
    alpha, beta = s.rng.choice(_WHOLE_ALPHAS if whole else _ALPHAS), s.rng.choice(_WHOLE_BETAS if whole else _BETAS)
    return s.call(m, n, k, **rest, alpha=alpha, beta=beta, data="ints" if whole else "random", **s.place())
