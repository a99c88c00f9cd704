from __future__ import annotations

import io

from rich.console import Console

from tensorop_gen.measure.table import class_rows, farthest_rows, markdown, notes, render, scaling_rows, speed_rows

from .samples import comparison

FOUND = comparison()


def test_speed_rows() -> None:
    head, rows = speed_rows(FOUND, 1)
    assert head == ["shape", "ours", "fast", "slow", "ours / best peer", "best peer", "r"]
    assert rows == [
        ["8x8x8", "51.2 (51 %)", "102.4 (102 %)", "12.8 (13 %)", "0.500 [0.500, 0.500]", "fast", "1.25"],
        ["100x100x100 TN", "50.0 (50 %)", "25.0 (25 %)", "wrong", "2.000 [2.000, 2.000]", "fast", "1.25"],
        ["1x100x100", "2.0 (41 % bw)", "-", "-", "-", "-", "1.25"],
    ]


def test_without_peers_there_are_no_ratios() -> None:
    alone = FOUND.model_copy(update={"results": tuple(r for r in FOUND.results if r.library == "ours")})
    head, rows = speed_rows(alone, 1)
    assert head == ["shape", "ours", "r"]
    assert rows[0] == ["8x8x8", "51.2 (51 %)", "1.25"]
    assert "best peer" not in markdown(alone)


def test_class_scaling_and_farthest_rows() -> None:
    assert class_rows(FOUND)[1][0] == ["tiny", "1", *["0.500 [0.500, 0.500]"] * 2, "4.000 [4.000, 4.000]"]
    assert scaling_rows(FOUND)[1][1] == ["100x100x100 TN", "2", "2.00", "1.00", "-"]
    assert farthest_rows(FOUND, 1)[1] == [["8x8x8", "1", "fast", "0.500 [0.500, 0.500]"]]


def test_suspicious_speeds_are_marked() -> None:
    odd = FOUND.results[0].model_copy(update={"status": "suspicious", "note": "200% of the measured peak"})
    marked = FOUND.model_copy(update={"results": (odd, *FOUND.results[1:])})
    assert speed_rows(marked, 1)[1][0][1] == "51.2! (51 %)"
    assert "suspicious: ours, 8x8x8, threads 1: 200% of the measured peak" in notes(marked)


def test_notes_tell_machine_versions_missing_peers_and_refusals() -> None:
    text = "\n".join(notes(FOUND))
    for part in (
        "measured 2026-01-02T03:04:05+00:00 on Some CPU (virtual), AVX-512, 2 processors, clock 2.5 to 3.0 GHz",
        "7 rounds, seed 1",
        "fast: Fast 1.0 (libfast.so, sgemm_)",
        "missing: MKL (make bench-peers)",
        "wrong: slow, 100x100x100 TN, threads 1: wrong result: r = 99",
    ):
        assert part in text


def test_terminal_and_markdown_hold_the_same_numbers() -> None:
    page = io.StringIO()
    Console(file=page, width=300).print(render(FOUND))
    text = markdown(FOUND)
    for part in ("51.2 (51 %)", "2.000 [2.000, 2.000]", "41 % bw", "missing: MKL"):
        assert part in page.getvalue()
        assert part in text
    assert "| shape | ours | fast | slow | ours / best peer | best peer | r |\n| --- | ---: |" in text
