"""Where the project's own C sources and templates are: in a checkout its root, else a folder of the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def source_root() -> Path:
    """The folder that holds include/, kernels/ and cmake/."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parents[1]
