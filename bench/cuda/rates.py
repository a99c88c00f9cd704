"""Rates of kernels: multiply-adds a clock and multiprocessor, which the library chooses by."""

from __future__ import annotations

from driver import Row
from judge import fault


def record(results: Row, facts: Row, wrong: set[str]) -> Row:
    """What is shipped: kernels/tuned/nvptx64-nvidia-cuda/<gpu>.json. given: kernels that the project does not have."""
    known = {"schema": 1, "kind": "measured", "gpu": facts["gpu"], "date": results["date"], "device": results["device"]}
    means = _means(results, facts, wrong)
    given = [row["given"] for row in facts["variants"] if "given" in row and row["symbol"] in means]
    return known | {"rates": means} | ({"given": given} if given else {})


def chosen_by(results: Row, facts: Row, wrong: set[str]) -> str:
    """For the driver, a line each: measured rates, 0 for a kernel that is wrong; the others' modelled ones stay."""
    means = _means(results, facts, wrong)
    bad = {row["symbol"] for row in results.get("rates", []) if row["rows"]} | wrong
    known = means | dict.fromkeys(bad - means.keys(), 0.0)
    rows = [row for row in facts["variants"] if row["symbol"] in known]
    return "".join(f"{row['operands']} {row['name']} {known[row['symbol']]}\n" for row in rows)


def _means(results: Row, facts: Row, wrong: set[str]) -> dict[str, float]:
    """By symbol, over the transposes; of kernels that are right."""
    peaks = list(facts["peaks"].values())
    most = {row["symbol"]: peaks[row["operands"]] for row in facts["variants"]}
    means = {}
    for kernel in results.get("rates", []):
        symbol, rows = kernel["symbol"], kernel["rows"]
        if rows and symbol not in wrong and not any(fault(row, most[symbol]) for row in rows):
            means[symbol] = round(sum(row["rate"] for row in rows) / len(rows), 2)
    return means
