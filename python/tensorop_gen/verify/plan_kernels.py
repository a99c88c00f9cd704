"""Cases of single kernels: every tile size, k round every edge, all scalars, odd strides, every kind of data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from tensorop_gen.operators.cases.sizes import BETAS, LONGEST, SCALARS, Sizes, line

_DATA = ("ints", "random", "cancel", "wide")
_ALL_K = 35  # up to here a kernel may count with a number that is no parameter, and is tested at each
# Builds a case of one role from m, n, k and the rest; fills in strides that suit the role.
Maker = Callable[..., str]


def pack(s: Sizes, role: str) -> list[str]:
    """All widths up to the panel's, for each way that strides can lie."""
    width_name, strides = ("m", ("a_rs", "a_cs")) if role == "pack_a" else ("n", ("b_cs", "b_rs"))
    panel = s.geometry.mr if role == "pack_a" else s.geometry.nr
    cases = []
    for width, k in product(range(1, panel + 1), s.steps()):
        pad = s.pick((0, 1, 3, 8))
        for along, across in ((1, width + pad), (k + pad or 1, 1), (2 * k + 1 + pad, 2), (3, 3 * width + pad)):
            layout = dict(zip(strides, (along, across), strict=True))
            cases.append(line(role, **{width_name: width}, k=k, **layout, **s.place()))
    edges = [c for c in cases if f" {width_name}={panel} " in c or f" {width_name}=1 " in c]
    return s.sample(cases, 400, 2500) + s.sample(edges, 100, 500)


def compute(s: Sizes) -> list[str]:
    """COMPUTE on packed panels."""

    def make(m: int, n: int, k: int, **rest: object) -> str:
        ldc = m + s.pick((0, 1, 2, 7))
        return line("compute", m=m, n=n, k=k, ldc=ldc, **rest)

    tiles = list(product(range(1, s.geometry.mr + 1), range(1, s.geometry.nr + 1)))
    return _tiles(s, make, tiles)


def direct(s: Sizes, role: str) -> list[str]:
    """DIRECT in place: A's columns contiguous, B's columns (direct_n) or rows (direct_t)."""

    def make(m: int, n: int, k: int, **rest: object) -> str:
        pads = [s.pick((0, 0, 1, 3, 8)) for _ in range(3)]
        b = {"b_rs": 1, "b_cs": max(k, 1) + pads[1]} if role == "direct_n" else {"b_rs": n + pads[1], "b_cs": 1}
        return line(role, m=m, n=n, k=k, a_cs=m + pads[0], **b, ldc=m + pads[2], **rest)

    rows = range(1, s.geometry.direct_rows + 1)
    return _tiles(s, make, [(m, n) for m in rows for n in range(1, s.geometry.direct_columns(m) + 1)])


def stream(s: Sizes) -> list[str]:
    """STREAM: any number of rows, few columns, few k, any strides of B."""
    g = s.geometry
    cases = []
    few = [(n, k) for n in range(1, g.stream_n + 1) for k in range(1, g.stream_k + 1) if n * k <= g.stream_products]
    rows = (*range(1, 2 * g.lanes + 3), *range(4 * g.lanes - 1, 4 * g.lanes + 2), 8 * g.lanes + 5, 100, 333, 1024)
    for m, (n, k), data in product(rows, few, _DATA):
        pad = s.pick((0, 1, 3))
        b = s.rng.choice(((1, k + pad), (n + pad, 1), (2, 2 * k + 1 + pad)))
        rest = {"ldc": m + s.pick((0, 1, 5)), **s.scalars(data), "data": data, **s.place()}
        cases.append(line("stream", m=m, n=n, k=k, a_cs=m + pad, b_rs=b[0], b_cs=b[1], **rest))
    return s.sample(cases, 200, 1500)


def dot(s: Sizes) -> list[str]:
    """DOT: small tiles, k contiguous in both operands and of any length."""
    g = s.geometry
    tiles = [(m, n) for m, n in product(range(1, g.dot_edge + 1), repeat=2) if m * n <= g.dot_products]
    cases = []
    for (m, n), k, data in product(tiles, (*s.steps()[1:], LONGEST), _DATA):
        pads = [s.pick((0, 0, 1, 3, 8)) for _ in range(3)]
        rest = {"ldc": m + pads[2], **s.scalars(data), "data": data, **s.place()}
        cases.append(line("dot", m=m, n=n, k=k, a_rs=k + pads[0], a_cs=1, b_cs=k + pads[1], **rest))
    return s.sample(cases, 200, 1500)


def _tiles(s: Sizes, make: Maker, tiles: list[tuple[int, int]]) -> list[str]:
    full = max(tiles)
    edges = _edges(tiles)
    chosen = tiles if not s.smoke else s.rng.sample(tiles, min(len(tiles), 150))
    cases = _every_tile(s, make, [*edges, *chosen])
    cases += _every_k(s, make, full, edges)
    cases += _every_scalar(s, make, [full, s.rng.choice(edges)])
    cases += _every_place(s, make, [full, *edges] if s.full else [full, s.rng.choice(edges)])
    return cases


def _edges(tiles: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """One row, one column, one short of full, and the widest tile of the lowest row."""
    m_max, n_max = max(tiles)
    widest = max(n for m, n in tiles if m == 1)
    found = [(1, 1), (1, widest), (m_max, 1), (m_max - 1, n_max), (m_max, n_max - 1), (m_max - 1, max(n_max - 1, 1))]
    return [t for t in dict.fromkeys(found) if t in set(tiles)]


def _every_tile(s: Sizes, make: Maker, tiles: Iterable[tuple[int, int]]) -> list[str]:
    """beta = 0 (C full of NaN) and beta != 0, exact and random; k of less than a loop pass, of one, of several."""
    small = [k for k in s.steps() if k <= 40]
    kinds = [[k for k in small if k <= 4], [k for k in small if 4 < k <= 12], [k for k in small if k > 12]]
    cases = []
    for m, n in tiles:
        chosen = small if s.full else [s.rng.choice(some) for some in kinds]
        for k in [s.rng.choice(chosen)] if s.smoke else chosen:
            cases.append(make(m, n, k, **s.scalars() | {"beta": s.rng.choice(("0", "-0"))}, **s.place()))
            cases.append(make(m, n, k, **s.scalars("ints"), data="ints", **s.place()))
            if not s.smoke:
                cases.append(make(m, n, k, **s.scalars(), **s.place()))
    return cases


def _every_k(s: Sizes, make: Maker, full: tuple[int, int], edges: list[tuple[int, int]]) -> list[str]:
    """Integers and every other kind of data at each k, of the small ones all; the longest k on the full tile and on an
    edge."""
    cases = []
    for k in sorted({*range(_ALL_K), *s.steps()}):
        for m, n in [full, *(edges if s.full else [s.rng.choice(edges)])]:
            kinds = _DATA if not s.smoke else ("ints", s.rng.choice(_DATA[1:]))
            cases += [make(m, n, k, **s.scalars(data), data=data, **s.place()) for data in kinds]
    for (m, n), data in product((full, s.rng.choice(edges)), ("ints", "random")):
        cases.append(make(m, n, LONGEST, alpha=1, beta=0, data=data))
    return cases


def _every_scalar(s: Sizes, make: Maker, tiles: list[tuple[int, int]]) -> list[str]:
    scalars = list(product(SCALARS, BETAS))
    return [make(m, n, 5, alpha=a, beta=b, **s.place()) for m, n in tiles for a, b in scalars]


def _every_place(s: Sizes, make: Maker, tiles: list[tuple[int, int]]) -> list[str]:
    """Both guards, bases of every alignment; B and A read no further than they must at any small k."""
    cases = []
    for (m, n), k in product(tiles, (1, 2, 3, 6, 11)):
        cases += [make(m, n, k, place=place, shift=shift) for place in ("end", "start") for shift in (0, 1, 2, 3, 5, 8)]
    return s.sample(cases, 30, 120)
