"""The tables at the end."""

from __future__ import annotations

import math
from typing import Any

OPERANDS = ("f32", "tf32", "f16", "bf16")
Row = dict[str, Any]


def print_tables(results: Row, facts: Row) -> None:
    """Kernels, then speeds; the summary is last."""
    kernels = {row["symbol"]: row for row in facts["variants"]}
    _print_kernels(results, kernels)
    _print_speeds(results.get("speed", []), facts["peaks"])
    for row in results.get("tuning", []):
        kind = OPERANDS[row["operands"]]
        print(f"tuned {kind}: {row['best']} is {row['gain']:.3f} x {row['start']} after {row['trials']} trials")
        for name, reason in row["failed"].items():
            print(f"  {name}: {reason}")
    for tool, found in results.get("sanitizer", {}).items():
        print(f"{tool}: {found['kernels']} kernels, {found['failed']} failed")
    for note in results["notes"]:
        print(f"note: {note}")
    device = results["device"]
    print(f"\nmeasured {results['date']} on {device['gpu']}, driver {device['driver']}, runtime {device['runtime']}")
    for number, name in enumerate(OPERANDS):
        ratios = [row["ratio"] for row in results.get("speed", []) if row["operands"] == number]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            print(f"{name}: geometric mean {mean:.3f} of cuBLAS over {len(ratios)} shapes, lowest {min(ratios):.3f}")


def _print_kernels(results: Row, kernels: dict[str, Row]) -> None:
    rates = {row["symbol"]: row["rows"] for row in results.get("rates", [])}
    print("\nkernel | type | proof | cases | worst r | TFLOPS NN, TN, NT, TT")
    for found in results.get("proof", []):
        kernel, rows = kernels[found["symbol"]], found["rows"]
        count = next((row for row in rows if "cases" in row), {"cases": 0, "worst_r": math.nan})
        said = {0: "right", 124: "time up"}.get(found["status"], "FAILED")
        speeds = ", ".join(f"{row['tflops']:.1f}" for row in rates.get(found["symbol"], []))
        kind = OPERANDS[kernel["operands"]]
        print(f"{kernel['name']} | {kind} | {said} | {count['cases']} | {count['worst_r']:g} | {speeds}")
        for row in rows:
            if "case" in row:
                print(f"  FAILED {row['case']}: r {row['r']}, {row['strays']} stray bytes")


def _print_speeds(speed: list[Row], peaks: dict[str, float]) -> None:
    print("\ntype | op | m x k x n | TFLOPS | cuBLAS | ratio | % of published peak | worst r (limit)")
    for row in speed:
        share = 100 * row["tflops"] / peaks[OPERANDS[row["operands"]]]
        note = " REFUSED: above the peak" if share > 100 else " WRONG" if row["worst_r"] > row["limit"] else ""
        print(
            f"{OPERANDS[row['operands']]} | {row['op']} | {row['m']}x{row['k']}x{row['n']} | {row['tflops']:.1f} | "
            f"{row['cublas']:.1f} | {row['ratio']:.3f} | {share:.0f} | {row['worst_r']:g} ({row['limit']:g}){note}"
        )
