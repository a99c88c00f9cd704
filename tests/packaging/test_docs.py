"""The pages for users name files, variables and presets that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_paths_in_the_contributing_guide_exist() -> None:
    paths = re.findall(r"`((?:\w[\w.]*/)+[\w.]*)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_the_documented_cmake_variables_are_those_there_are() -> None:
    documented = set(re.findall(r"`(TENSOROP_[A-Z_]+)`", (ROOT / "docs" / "users" / "cmake.md").read_text()))
    files = [ROOT / "CMakeLists.txt", *(ROOT / "cmake").glob("*.cmake")]
    settable = re.compile(r"(?:option\(|set\((?=[^\n]* CACHE (?!INTERNAL)))(TENSOROP_[A-Z_]+)")
    defined = {name for path in files for name in settable.findall(path.read_text())}
    assert documented == defined


def test_the_documented_environment_is_read_by_the_runtime() -> None:
    documented = set(re.findall(r"`(TENSOROP_[A-Z_]+)", (ROOT / "docs" / "users" / "blas.md").read_text()))
    runtime = "".join(path.read_text() for path in (ROOT / "kernels" / "runtime").glob("*.c"))
    assert documented == set(re.findall(r'"(TENSOROP_[A-Z_]+)"', runtime))


def test_the_documented_presets_are_those_there_are() -> None:
    presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
    page = (ROOT / "docs" / "users" / "cmake.md").read_text()
    (sentence,) = re.findall(r"shows presets: ([^;]+);", page)
    assert set(re.findall(r"`(\w+)`", sentence)) == {preset["name"] for preset in presets}
