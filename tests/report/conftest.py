from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.report.material import Material, read

from .samples import folder


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Of a folder with all that a report can show."""
    root: Path = tmp_path_factory.mktemp("report")
    return read(*folder(root))
