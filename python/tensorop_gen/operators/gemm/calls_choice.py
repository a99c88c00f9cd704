"""Cases in which the instance chooses the path itself: an unsuitable one gives a wrong result."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tensorop_gen.operators.cases.geometry import Path
from tensorop_gen.operators.cases.sizes import LAYOUTS, Sizes


def choices(s: Sizes) -> list[str]:
    """Sizes that are ordinary, and those round what the choice hangs on."""
    cases = s.sample(list(_ordinary(s)), 18, 90)
    cases += s.sample(list(_narrow(s)), 20, 120)
    cases += s.sample([*_stream(s), *_dot(s)], 12, 60)
    if Path.DOT in s.geometry.paths and not s.smoke:
        cases += _longest_dot(s)
    return cases


def _ordinary(s: Sizes) -> Iterator[str]:
    """Twice with fresh data in the same place. Wide data: with fewer products than the definition has (Strassen) single
    elements are wrong, though the norm is right."""
    shapes = ((17, 33, 65), (63, 65, 67), (64, 64, 64), (97, 101, 103), (127, 129, 131), (160,) * 3, (211, 190, 223))
    for (m, n, k), layout in product(shapes, LAYOUTS):
        yield s.call(m, n, k, layout=layout, **s.scalars("random"), repeat=2)
        yield s.call(m, n, k, layout=layout, **s.scalars("ints"), data="ints")
        yield s.call(m, n, k, layout=layout, **s.scalars("wide"), data="wide")


def _narrow(s: Sizes) -> Iterator[str]:
    """Few rows or few columns."""
    for few, long, k in product((1, 2, 3, 4, 5), (255, 256, 300, 1025), (1, 3, 4, 5, 9, 100)):
        yield s.call(long, few, k, **s.scalars("random"), **s.place())
        yield s.call(few, long, k, **s.scalars("random"), **s.place())


def _stream(s: Sizes) -> Iterator[str]:
    """Both sides of STREAM's fewest rows and most columns."""
    g = s.geometry
    if Path.STREAM not in g.paths or not s.knows("stream_min_rows"):
        return
    rows = s.parameters["stream_min_rows"]
    for m, n, layout in product((rows - 1, rows), (g.stream_n, g.stream_n + 1), LAYOUTS):
        yield s.call(max(m, 1), n, g.stream_k + 1, layout=layout, **s.scalars("random"), **s.place())


def _dot(s: Sizes) -> Iterator[str]:
    """Both sides of DOT's fewest k-steps and most rows or columns."""
    g = s.geometry
    if Path.DOT not in g.paths or not s.knows("dot_min_k"):
        return
    steps = s.parameters["dot_min_k"]
    for k, few, layout in product((steps - 1, steps), (g.dot_edge, g.dot_edge + 1), LAYOUTS):
        for m, n in ((few, 3 * g.dot_edge + 2), (3 * g.dot_edge + 2, few)):
            yield s.call(m, n, max(k, 1), layout=layout, **s.scalars("random"), **s.place())


def _longest_dot(s: Sizes) -> Iterator[str]:
    """The longest narrow operand of which DOT's copy fits into the workspace, and one that is longer."""
    g = s.geometry
    for k in (g.dot_longest, g.dot_longest + 1):
        yield s.call(g.dot_edge, 1, k, layout="NN", **s.scalars("random"), place="start")
        yield s.call(1, g.dot_edge, k, layout="TT", **s.scalars("random"), place="start")
