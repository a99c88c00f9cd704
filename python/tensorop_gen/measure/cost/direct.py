"""Products whose operands are read where they lie, A packed panel by panel or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.measure.cost.memory import FLOAT
from tensorop_gen.measure.cost.product import blocks, even

if TYPE_CHECKING:
    from tensorop_gen.isa.names import Role
    from tensorop_gen.measure.cost.account import Account
    from tensorop_gen.measure.cost.product import Product


def direct(account: Account, product: Product) -> None:
    """Adds the whole product, nothing packed."""
    p = account.params
    at_once = even(product.m, len(p.direct_caps) * account.width, account.width)
    for index, (kc, k_times) in enumerate(blocks(product.k, even(product.k, p.direct_kc, 1))):
        for rows, r_times in blocks(product.m, at_once):
            first = r_times if index == 0 else 0
            _rows(account, product, rows, kc, k_times * r_times - first, True, False)
            _rows(account, product, rows, kc, first, False, False)


def direct_pack(account: Account, product: Product) -> None:
    """Adds the whole product, each panel of A packed before it meets all of B."""
    for index, (kc, k_times) in enumerate(blocks(product.k, even(product.k, account.params.kc, 1))):
        for rows, r_times in blocks(product.m, account.mr):
            account.panels("pack_a", product, rows, kc, k_times * r_times)
            first = r_times if index == 0 else 0
            _rows(account, product, rows, kc, k_times * r_times - first, True, True)
            _rows(account, product, rows, kc, first, False, True)


def _rows(account: Account, product: Product, rows: int, kc: int, times: int, add: bool, packed: bool) -> None:
    """One block of rows of A with all columns of B, so many times."""
    role: Role = "direct_n" if product.steps_b else "direct_t"
    if not times:
        return
    caps, memory = account.params.direct_caps, account.memory
    compute = 0.0
    for columns, c_times in blocks(product.n, even(product.n, caps[-(-rows // account.width) - 1], 1)):
        compute += c_times * account.tile(role, rows, columns, kc, add, times * c_times)
    a, b = FLOAT * rows * kc, FLOAT * kc * product.n
    a_from = None if packed else memory.holding(product.bytes)
    b_from, c_from = memory.holding(min(product.bytes, a + b)), memory.holding(product.bytes)
    c_lines = product.n * memory.lines(rows)
    busy, starting = account.runs([(b, b_from)])
    busy += 2 * memory.run(c_lines * memory.line, c_from)
    a_lines = kc * memory.lines(rows)  # short runs, far from each other
    wait = 0.0 if account.has("direct_prefetch_a") else memory.scattered(a_lines, a_from)
    wait += 0.0 if account.has("direct_prefetch_c") else memory.scattered(c_lines, c_from)
    busy += memory.run(a_lines * memory.line, a_from)
    account.waiting += times * (max(0.0, busy - compute) + starting + wait)
