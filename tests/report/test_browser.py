"""The page opened in headless Chromium, which `make setup` installs: without it these tests fail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.report.material import Material
from tensorop_gen.report.page import page

Scheme = Literal["light", "dark"]
PAPER = {"light": "#fdfdfc", "dark": "#121417"}
DRAWN = """figures => figures.map(one => ({
    name: one.id,
    paper: one._fullLayout && one._fullLayout.paper_bgcolor,
    marks: one.querySelectorAll('.scatterlayer path.point, .barlayer .point path').length,
    width: one.getBoundingClientRect().width,
}))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        raise ToolMissing("chromium, which opens the report, is not there", "sudo apt-get install chromium")
    with sync_playwright() as started:
        yield started.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def report(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page(material), encoding="utf-8")
    return file


class Seen:
    """An open page, what it complained of and what it asked for beside itself."""

    def __init__(self, tab: Page, file: Path) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self.asked: list[str] = []
        tab.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.set_default_timeout(120_000)  # of a busy machine: plotly alone is 5 MB
        tab.goto(file.as_uri())

    def plots(self) -> list[dict[str, object]]:
        self.tab.wait_for_function(
            "document.querySelectorAll('figure.plot').length == document.querySelectorAll('.js-plotly-plot').length"
        )
        found: list[dict[str, object]] = self.tab.eval_on_selector_all("figure.plot", DRAWN)
        return found


def opened(browser: Browser, file: Path, scheme: Scheme, width: int = 1280) -> Seen:
    return Seen(browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900}), file)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_are_drawn_in_the_scheme(browser: Browser, report: Path, scheme: Scheme) -> None:
    seen = opened(browser, report, scheme)
    plots = seen.plots()
    assert len(plots) == 6
    assert all(plot["paper"] == PAPER[scheme] for plot in plots)
    few = [plot["name"] for plot in plots if not isinstance(plot["marks"], int) or plot["marks"] < 2]
    assert not few
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [report.as_uri()]


def test_the_scheme_may_change_while_it_is_open(browser: Browser, report: Path) -> None:
    seen = opened(browser, report, "light")
    assert {plot["paper"] for plot in seen.plots()} == {PAPER["light"]}
    seen.tab.emulate_media(color_scheme="dark")
    assert {plot["paper"] for plot in seen.plots()} == {PAPER["dark"]}
    assert seen.complaints == []


def test_hostile_text_is_only_text(browser: Browser, report: Path) -> None:
    seen = opened(browser, report, "light")
    seen.plots()
    assert seen.tab.evaluate("typeof hacked") == "undefined"
    assert seen.tab.locator("img").count() == 0
    seen.tab.locator("details", has_text="What failed").locator("summary").click()
    assert seen.tab.get_by_role("cell", name="onerror").first.is_visible()


def test_a_failure_says_why_when_it_is_pointed_at(browser: Browser, report: Path) -> None:
    seen = opened(browser, report, "light")
    seen.plots()
    seen.tab.evaluate("""() => {
        const plot = document.getElementById('plot-curve');
        const curve = plot.data.findIndex(one => one.name == 'failed');
        Plotly.Fx.hover(plot, [{curveNumber: curve, pointNumber: 0}]);
    }""")
    text = seen.tab.locator("#plot-curve .hoverlayer").text_content() or ""
    assert "failed: does not build: </script><img" in text
    assert seen.tab.locator("img").count() == 0


def test_it_fits_a_narrow_window(browser: Browser, report: Path) -> None:
    seen = opened(browser, report, "light", width=420)
    assert all(isinstance(plot["width"], (int, float)) and plot["width"] <= 420 for plot in seen.plots())
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 420
