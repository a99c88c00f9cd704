"""The page as text; test_browser.py opens it."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from importlib import import_module

import pytest

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.report.material import Material
from tensorop_gen.report.page import page, sections
from tensorop_gen.report.plots import TEMPLATE
from tensorop_gen.report.sections import assembly


def own(text: str) -> str:
    """Without plotly's script."""
    return re.sub(r"<script>.{1000000,}?</script>", "", text, flags=re.S)


def test_every_plot_is_one_that_plotly_knows(material: Material) -> None:
    plots = [plot for section in sections(material) for plot in section.plots]
    assert len(plots) == 6
    figure = import_module("plotly.graph_objects").Figure
    for plot in plots:
        text = re.sub(
            r'"var\(--(\w+)[^)]*\)"', lambda m: '"Arial"' if m[1] == "sans" else '"#123456"', json.dumps(plot.spec)
        )
        assert "var(" not in text
        assert figure(json.loads(text)).data


def test_every_colour_is_in_the_style_sheet(material: Material) -> None:
    text = own(page(material))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used > {"--accent", "--series-1", "--sans"}
    assert used <= set(re.findall(r"^ +(--[\w-]+):", text, flags=re.M))
    assert TEMPLATE["layout"]["paper_bgcolor"] == "var(--paper)"


def test_what_comes_from_elsewhere_is_escaped(material: Material) -> None:
    text = own(page(material))
    assert "<img" not in text
    assert "&lt;img src=x onerror=" in text  # in tables
    assert "\\u0026lt;img src=x" in text  # in plots
    assert text.count("<script") == text.count("</script>") == len(re.findall(r'<figure class="plot"', text)) + 1


def test_nothing_is_fetched(material: Material) -> None:
    text = own(page(material))
    assert "default-src 'none'" in text
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", text)
    assert "@import" not in text


def test_sections_without_data_say_how_to_get_it(material: Material) -> None:
    bare = replace(material, trials=(), comparison=None, modelled="No costs.")
    found = [one for one in sections(bare) if one.missing]
    assert [one.name for one in found] == ["tuning", "tree", "peers", "kernel"]
    assert not any(one.plots or one.tables for one in found)
    text = own(page(bare))
    assert all(f'<p class="missing">{one.missing[:20].split("&")[0]}' in text for one in found)


def test_marks(material: Material) -> None:
    marks = {one.name: one.marks for one in sections(material)}
    assert marks["kernel"] == ("modelled",)
    assert marks["roofline"] == ("measured", "modelled")
    assert marks["proof"] == ("emulated",)
    assert assembly.section(material).listing


def test_without_plotly(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ToolMissing, match=r"pip install 'tensorop-gen\[report\]'"):
        page(material)
