"""Cases of whole calls with several blocks in two or three dimensions at once: what only the second block of rows does at
only the second block of k-steps. None of them is left to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from tensorop_gen.verify.geometry import Geometry, Path
from tensorop_gen.verify.sizes import BETAS, LAYOUTS, Sizes

_BLOCKS = ("mc", "nc", "kc")  # parameters: rows, columns and k-steps of a block
_AHEAD = ("", "A", "B", "AB")

# m, n, k of a call, given one more than a block.
_Shape = Callable[[Geometry, int], tuple[int, int, int]]
# Loops round the kernels that take operands where they lie: the parameter that is the block, layouts, a shape.
_LOOPS: tuple[tuple[Path, str, tuple[str, ...], _Shape], ...] = (
    (Path.DIRECT, "direct_kc", ("NN", "NT"), lambda g, over: (2 * g.direct_rows + 1, _columns(g), over)),
    (Path.DIRECT_PACK, "kc", LAYOUTS, lambda g, over: (2 * g.mr + 1, _columns(g), over)),
    (Path.STREAM, "stream_rows", ("NN", "NT"), lambda g, over: (over, g.stream_n, 2 * g.stream_k + 1)),
    (Path.DOT, "kc", ("NN",), lambda g, over: (g.dot_edge, 4 * g.dot_edge + 1, over)),  # A is copied
    (Path.DOT, "kc", ("TT",), lambda g, over: (4 * g.dot_edge + 1, g.dot_edge, over)),  # B is copied
)


def unknown(parameters: Mapping[str, int]) -> list[str]:
    """The blocks that are not among them."""
    return [name for name in _BLOCKS if name not in parameters]


def blocks(s: Sizes) -> list[str]:
    """All of them, as far as the parameters are known."""
    cases = list(_in_place(s))
    if Path.PACKED in s.geometry.paths and not unknown(s.parameters):
        cases += [*_packed(s), *_shares(s)]
    return cases


def _columns(g: Geometry) -> int:
    return 2 * max(g.direct_n_max) + 1


def _over(s: Sizes) -> tuple[int, int, int]:
    """One row, column and k-step more than a block; a block of rows is at least one panel."""
    return max(s.parameters["mc"], s.geometry.mr) + 1, s.parameters["nc"] + 1, s.parameters["kc"] + 1


def _few(s: Sizes) -> tuple[int, int, int]:
    """Rows, columns and k-steps so few that the other two sizes may be large."""
    return s.pick((1, 3, 5)), s.pick((1, 5, 2 * s.geometry.nr + 1)), s.pick((2, 5, 9))


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
    for layout, which in product(LAYOUTS, _AHEAD):
        yield from (_ahead(s, which, *shape, layout=layout) for shape in _pairs(s))
        m, _, k = _over(s)
        yield _ahead(s, which, 2 * m, _few(s)[1], 2 * k, layout=layout)
    for layout in LAYOUTS if s.full else (None,):
        yield _ahead(s, "", *_over(s), layout=layout)
        yield _ahead(s, s.rng.choice(_AHEAD[1:]), *_over(s), layout=layout)


def _shares(s: Sizes) -> Iterator[str]:
    """Two shares, each of more than a block: offsets of the share and of the block add up."""
    g, (m, n, k), (few_m, few_n, _) = s.geometry, _over(s), _few(s)
    rows, columns = -(-m // g.m_grain) * g.m_grain, -(-n // g.n_grain) * g.n_grain
    for which in () if s.smoke else _AHEAD:
        yield _ahead(s, which, rows + m, few_n, k, split_m=rows)
        yield _ahead(s, which, few_m, columns + n, k, split_n=columns)


def _in_place(s: Sizes) -> Iterator[str]:
    for path, name, layouts, shape in _LOOPS:
        if path not in s.geometry.paths or name not in s.parameters:
            continue
        block = s.parameters[name]
        for layout, over in product(layouts[: 1 if s.smoke else None], (block + 1, 2 * block + 1)):
            yield _call(s, *shape(s.geometry, over), layout=layout, path=path)


def _ahead(s: Sizes, which: str, m: int, n: int, k: int, **rest: object) -> str:
    """A call with these operands packed ahead; none: on the path that packs both."""
    how = {"kind": "packed", "which": which} if which else {"path": Path.PACKED}
    return _call(s, m, n, k, **how, **rest)


def _call(s: Sizes, m: int, n: int, k: int, **rest: object) -> str:
    """beta is never 1, which would hide that C is scaled once for each block."""
    data = s.rng.choice(("ints", "random"))
    beta = s.rng.choice(("0", "-1", "2") if data == "ints" else [beta for beta in BETAS if beta != "1"])
    return s.call(m, n, k, **rest, **s.scalars_of_call(data) | {"beta": beta}, data=data, **s.place())
