"""The tables at the end."""

from __future__ import annotations

import math
from typing import Any

OPERANDS = ("f32", "tf32", "f16", "bf16")


def print_tables(results: dict[str, Any], peaks: dict[str, float]) -> None:
    """Proof and rates by kernel, then speeds; the summary is last."""
    print("\nkernel | type | cases | failures | worst r")
    for row in results["proof"]:
        if "proved" in row:
            kind = OPERANDS[row["operands"]]
            print(f"{row['proved']} | {kind} | {row['cases']} | {row['failures']} | {row['worst_r']:g}")
        else:
            print(f"FAILED {row['failed']}: {row['case']}, r {row['r']}, {row['strays']} stray bytes")
    print("\nkernel | type | TFLOPS NN, TN, NT, TT")
    kernels: dict[tuple[str, int], list[float]] = {}
    for row in results.get("rates", []):
        kernels.setdefault((row["variant"], row["operands"]), []).append(row["tflops"])
    for (name, operands), speeds in sorted(kernels.items(), key=lambda item: (item[0][1], -max(item[1]))):
        print(f"{name} | {OPERANDS[operands]} | {', '.join(f'{speed:.1f}' for speed in speeds)}")
    speed = results.get("speed", [])
    print("\ntype | op | m x k x n | TFLOPS | cuBLAS | ratio | % of published peak | worst r (limit)")
    for row in speed:
        share = 100 * row["tflops"] / peaks[OPERANDS[row["operands"]]]
        note = " REFUSED: above the peak" if share > 100 else " WRONG" if row["worst_r"] > row["limit"] else ""
        print(
            f"{OPERANDS[row['operands']]} | {row['op']} | {row['m']}x{row['k']}x{row['n']} | {row['tflops']:.1f} | "
            f"{row['cublas']:.1f} | {row['ratio']:.3f} | {share:.0f} | {row['worst_r']:g} ({row['limit']:g}){note}"
        )
    device = results["device"]
    print(f"\nmeasured {results['date']} on {device['gpu']}, driver {device['driver']}, runtime {device['runtime']}")
    for number, name in enumerate(OPERANDS):
        ratios = [row["ratio"] for row in speed if row["operands"] == number]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            print(f"{name}: geometric mean {mean:.3f} of cuBLAS over {len(ratios)} shapes, lowest {min(ratios):.3f}")
