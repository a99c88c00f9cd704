"""Fixtures that every test may use."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's cache, or sees the user's own targets or operators."""
    monkeypatch.setenv("TENSOROP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("TENSOROP_TARGET_PATH", raising=False)
    monkeypatch.delenv("TENSOROP_OPERATOR_PATH", raising=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected texts of generated kernels")
