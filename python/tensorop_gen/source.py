"""Where the project's own C sources and templates are: in a checkout its root, else a folder of the package."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
OPERATOR_PATH = "TENSOROP_OPERATOR_PATH"  # more folders with operators/ in them; separated as in PATH


def source_root() -> Path:
    """The folder that holds include/, kernels/ and cmake/."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parents[1]


def operator_folders() -> dict[str, Path]:
    """The packages operators/<name>/ by name, sorted; the project's own come before a user's of the same name."""
    roots = [Path(root) for root in os.environ.get(OPERATOR_PATH, "").split(os.pathsep) if root]
    words = [path for root in (*roots, _PACKAGE) for path in (root / "operators").glob("*/words.yaml")]
    return dict(sorted((path.parent.name, path.parent) for path in words))
