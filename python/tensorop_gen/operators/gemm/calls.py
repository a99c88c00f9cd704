"""Cases of whole calls: every path, layouts, sizes round the blocks, shares, operands packed ahead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tensorop_gen.operators.cases.geometry import Path
from tensorop_gen.operators.cases.sizes import BETAS, LAYOUTS, SCALARS, Sizes, around, line
from tensorop_gen.operators.gemm.calls_blocks import blocks
from tensorop_gen.operators.gemm.calls_choice import choices

_AUTO = -1  # the instance's own choice


def calls(s: Sizes) -> list[str]:
    """All kinds of whole calls."""
    cases = s.sample(list(_small(s)), 150, 1200)
    cases += blocks(s)
    cases += s.sample(list(_block_edges(s)), 25, 150)
    cases += choices(s)
    cases += s.sample(list(_scalars(s)), 20, 150)
    cases += _in_a_row(s)
    cases += s.sample(list(_shares(s)), 10, 60)
    if "pack_a" in s.geometry.kernels:
        cases += s.sample(list(_packed_ahead(s)), 10, 80)
    return cases


def _paths(s: Sizes, m: int, n: int, k: int) -> Iterator[tuple[int, str]]:
    """Paths that may be asked for at this size, each with a layout that suits it."""
    for path in s.geometry.paths:
        if layouts := _layouts(s, path, m, n, k):
            yield path, s.rng.choice(layouts)
    yield _AUTO, s.rng.choice(LAYOUTS)


def _layouts(s: Sizes, path: int, m: int, n: int, k: int) -> tuple[str, ...]:
    """DIRECT and STREAM want A's columns contiguous; DOT the wide operand along k, and room to copy the narrow one."""
    g = s.geometry
    if path == Path.STREAM and n > g.stream_n:
        return ()
    if path in (Path.DIRECT, Path.STREAM):
        return ("NN", "NT")
    if path != Path.DOT:
        return LAYOUTS
    if k > g.dot_longest:
        return ()
    return tuple(x for x in LAYOUTS if (m <= g.dot_edge and x[1] == "N") or (n <= g.dot_edge and x[0] == "T"))


def _small(s: Sizes) -> Iterator[str]:
    """Round one and two tiles in each direction, on every path; some twice with fresh data in the same place."""
    g = s.geometry
    rows = sorted({1, 2, 3, *around((g.lanes, g.mr, 2 * g.mr))})
    columns = sorted({1, 2, 3, *around((g.nr, 2 * g.nr))})
    for m, n, k in product(rows, columns, (1, 2, 5, 8, 17)):
        for path, layout in _paths(s, m, n, k):
            data, repeat = s.rng.choice(("ints", "random", "random")), s.rng.choice((None, None, 2))
            rest = s.scalars(data) | s.place()
            yield s.call(m, n, k, layout=layout, path=path, **rest, data=data, repeat=repeat)


def _block_edges(s: Sizes) -> Iterator[str]:
    """One size round a block's edge, the others small."""
    for size, other in product(s.spans(), (1, 7, s.geometry.mr + 5)):
        for m, n, k in ((size, other, 9), (9, other, size), (other, size, 9)):
            for path, layout in _paths(s, m, n, k):
                data = s.rng.choice(("ints", "random"))
                yield s.call(m, n, k, layout=layout, path=path, **s.scalars(data), data=data, **s.place())


def _scalars(s: Sizes) -> Iterator[str]:
    g = s.geometry
    for alpha, beta in product(SCALARS[1:], BETAS):
        for path, layout in _paths(s, g.mr + 3, 3, 11):
            yield s.call(g.mr + 3, 3, 11, layout=layout, path=path, alpha=alpha, beta=beta, mode=1)


def _in_a_row(s: Sizes) -> Iterator[str]:
    """As often in the same place as where calls are timed. So few integers are often the same again, or have the same
    checksum: what remembers them, and does less, leaves a C that was never written, or a stale one."""
    g = s.geometry
    for m, n, k in ((1, 1, 1), (g.mr + 1, g.nr + 1, 9)):
        for path, layout in _paths(s, m, n, k):
            a = {"a_rs": 1, "a_cs": m} if layout[0] == "N" else {"a_rs": k, "a_cs": 1}
            b = {"b_rs": 1, "b_cs": k} if layout[1] == "N" else {"b_rs": n, "b_cs": 1}
            rest = {"alpha": 1, "beta": 0, "data": "ints", "place": "start", "repeat": 100 if s.smoke else 500}
            yield line("run", m=m, n=n, k=k, **a, **b, ldc=m, path=path, **rest)


def _shares(s: Sizes) -> Iterator[str]:
    """Cut as threads cut it: the same bits."""
    g = s.geometry
    shapes = ((3 * g.mr + 5, 4 * g.nr + 3, 37), (2 * g.mr, 2 * g.nr, 300), (150, 170, 165), (400, 3, 20), (5, 400, 20))
    for (m, n, k), rows, columns in product(shapes, (0, 1, 2), (0, 1, 3)):
        split = {"split_m": rows * g.m_grain or None, "split_n": columns * g.n_grain or None}
        if rows or columns:
            for path, layout in _paths(s, m, n, k):
                yield s.call(m, n, k, layout=layout, path=path, **s.scalars("random"), **split)


def _packed_ahead(s: Sizes) -> Iterator[str]:
    g = s.geometry
    deep = [*(p + 1 for p in s.blocks_of_k()), 5, 130]
    for which, m, n, k in product(("A", "B", "AB"), (1, g.mr + 1, 3 * g.mr), (1, g.nr + 1, 5 * g.nr), deep):
        split = {"split_m": s.rng.choice((None, g.m_grain)), "split_n": s.rng.choice((None, 2 * g.n_grain))}
        data = s.rng.choice(("ints", "random"))
        yield s.call(m, n, k, kind="packed", which=which, **s.scalars(data), data=data, **split, **s.place())
