"""The tables at the end."""

from __future__ import annotations

import math
from typing import Any

from judge import fault

OPERANDS = ("f32", "tf32", "f16", "bf16")
Row = dict[str, Any]


def print_tables(results: Row, facts: Row) -> None:
    """Kernels, then speeds; the summary is last."""
    kernels = {row["symbol"]: row for row in facts["variants"]}
    peaks = list(facts["peaks"].values())
    _print_kernels(results, kernels)
    _print_speeds(results.get("speed", []), peaks)
    for row in results.get("tuning", []):
        kind = OPERANDS[row["operands"]]
        print(f"tuned {kind}: {row['best']} is {row['gain']:.3f} x {row['start']} after {row['trials']} trials")
        for name, reason in row["failed"].items():
            print(f"  {name}: {reason}")
    for tool, found in results.get("sanitizer", {}).items():
        print(f"{tool}: {len(found['clean']) + len(found['failed'])} kernels, {len(found['failed'])} failed")
    for note in results["notes"]:
        print(f"note: {note}")
    _print_summary(results, peaks)


def _print_summary(results: Row, peaks: list[float]) -> None:
    """Products that are wrong or above the peak count in no mean."""
    device, state, rows = results["device"], results.get("state", {}), results.get("speed", [])
    print(f"\nmeasured {results['date']} on {device['gpu']}, driver {device['driver']}, runtime {device['runtime']}")
    versions = {row["version"] for row in rows if "version" in row}
    print(f"cuBLAS {', '.join(map(str, sorted(versions))) or 'none'}: {results.get('cublas', 'not looked for')}")
    for when, said in state.items():
        print(f"{when}: {', '.join(f'{name} {value}' for name, value in said.items()) or 'nvidia-smi said nothing'}")
    for number, name in enumerate(OPERANDS):
        good = [row for row in rows if row["operands"] == number and not fault(row, peaks[number])]
        ratios = [row["ratio"] for row in good if "ratio" in row]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            print(f"{name}: geometric mean {mean:.3f} of cuBLAS over {len(ratios)} shapes, lowest {min(ratios):.3f}")
        elif good:
            print(f"{name}: {max(row['tflops'] for row in good):.1f} TFLOPS at most, no cuBLAS beside it")


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


def _print_speeds(speed: list[Row], peaks: list[float]) -> None:
    print("\ntype | op | m x k x n | TFLOPS | cuBLAS | ratio | % of published peak | worst r (limit)")
    for row in speed:
        peak = peaks[row["operands"]]
        beside = f"{row['cublas']:.1f} | {row['ratio']:.3f}" if "ratio" in row else "- | -"
        reason = fault(row, peak)
        print(
            f"{OPERANDS[row['operands']]} | {row['op']} | {row['m']}x{row['k']}x{row['n']} | {row['tflops']:.1f} | "
            f"{beside} | {100 * row['tflops'] / peak:.0f} | {row['worst_r']:g} ({row['limit']:g})"
            f"{f' {reason.upper()}' if reason else ''}"
        )
