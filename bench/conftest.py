"""pytest bench --lib LIB.so: the library that bench/test_bench.py measures."""

from __future__ import annotations

import pytest

from tensorop_gen.measure.peers import Library, own_library


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lib", metavar="LIB.so", help="BLAS library to measure")


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest) -> Library:
    path = request.config.getoption("--lib")
    if not path:
        raise pytest.UsageError("name the library to measure: pytest bench --lib LIB.so")
    return own_library(path)
