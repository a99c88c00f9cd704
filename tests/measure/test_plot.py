from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.plot import save_plot

from .samples import comparison


def test_a_page_that_needs_no_network(tmp_path: Path) -> None:
    page = tmp_path / "plot.html"
    save_plot(comparison(), page)
    text = page.read_text(encoding="utf-8")
    assert "sgemm on Some CPU, measured 2026-01-02" in text
    assert '"name":"fast"' in text
    assert "<script src=" not in text


def test_without_plotly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(MeasureError, match=r"needs plotly: pip install 'tensorop-gen\[report\]'"):
        save_plot(comparison(), tmp_path / "plot.html")
