"""Five loops with both operands packed: which level feeds which operand (Low et al., Analytical Modeling Is Enough for
High-Performance BLIS, TOMS 2016), and what that makes the tiles wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.measure.cost.memory import FLOAT
from tensorop_gen.measure.cost.product import blocks, even

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import Source
    from tensorop_gen.measure.cost.account import Account
    from tensorop_gen.measure.cost.product import Product


def packed(account: Account, product: Product) -> None:
    """Adds the whole product."""
    p, mr = account.params, account.mr
    kb, nb = even(product.k, p.kc, 1), even(product.n, p.nc, p.nr)
    mb = even(product.m, max(p.mc // mr, 1) * mr, mr)
    for n, n_times in blocks(product.n, nb):
        for index, (kc, k_times) in enumerate(blocks(product.k, kb)):
            account.panels("pack_b", product, n, kc, n_times * k_times)
            for m, m_times in blocks(product.m, mb):
                times = n_times * k_times * m_times
                account.panels("pack_a", product, m, kc, times)
                first = n_times * m_times if index == 0 else 0  # blocks that find no C to add to
                _block(account, product, (m, kc, n), times - first, True)
                _block(account, product, (m, kc, n), first, False)


def _block(account: Account, product: Product, size: tuple[int, int, int], times: int, add: bool) -> None:
    """All tiles of a packed block of A (m x kc) and one of B (kc x n)."""
    m, kc, n = size
    for columns, c_times in blocks(n, account.params.nr) if times else ():
        compute = 0.0
        for rows, r_times in blocks(m, account.mr):
            compute += r_times * account.tile("compute", rows, columns, kc, add, times * c_times * r_times)
        account.waiting += times * c_times * _waiting(account, product, size, columns, compute)


def _waiting(account: Account, product: Product, size: tuple[int, int, int], columns: int, compute: float) -> float:
    """For a column of tiles: A's block and B's panel come in address order while the tiles are computed; C's columns
    are runs of MR rows each."""
    m, kc, n = size
    nr, mr, memory = account.params.nr, account.mr, account.memory
    panel_a, panel_b = FLOAT * mr * kc, FLOAT * nr * kc
    block_a, block_b = FLOAT * m * kc, FLOAT * n * kc
    a_from = memory.holding(block_a + 2 * panel_b + FLOAT * m * nr)
    b_again = memory.holding(panel_a + panel_b + FLOAT * mr * nr)  # between two tiles of the column
    b_first = memory.holding(panel_b if m == product.m else block_b + block_a)  # just packed, or for the block before
    tiles = -(-m // mr)
    busy, starting = account.runs([(block_a, a_from), (panel_b, b_first), ((tiles - 1) * panel_b, b_again)])
    c_from = memory.holding(min(product.bytes, FLOAT * product.m * n + block_a + block_b))
    wait, c_busy = _c(account, m, columns, c_from)
    return max(0.0, busy + c_busy - compute) + starting + wait


def _c(account: Account, rows: int, columns: int, feed: Source | None) -> tuple[float, float]:
    """Cycles that C's lines are waited for, and that they take the link: read and written back."""
    memory = account.memory
    lines = sum(times * memory.lines(count) for count, times in blocks(rows, account.mr)) * columns
    return 0.0 if account.has("prefetch_c") else memory.scattered(lines, feed), 2 * memory.run(
        lines * memory.line, feed
    )
