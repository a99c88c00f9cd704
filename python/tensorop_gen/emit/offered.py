"""What every library holds of every operator, whatever its targets: portable C, header, entry points."""

from __future__ import annotations

import re
from pathlib import Path

from tensorop_gen import operators
from tensorop_gen.source import operator_folders

_ENTRY = re.compile(r"\bTENSOROP_API\b[^;(]*?\b(\w+)\(")
_HEADER, _MAP = "include/tensorop/tensorop.h", "runtime/tensorop.map"


def offered() -> dict[str, str]:
    """The files of the project that come from the operators' own folders; C stands in a folder of the operator's."""
    files: dict[str, str] = {}
    for name in operators.names():
        operator = operators.find(name)
        own = [path for path in operator.folder.glob("*.[ch]") if path != operator.header]
        files |= {f"{name}/{path.name}": path.read_text(encoding="utf-8") for path in own}
        files[f"include/tensorop/{operator.header.name}"] = operator.header.read_text(encoding="utf-8")
    return files


def sources() -> list[Path]:
    """The files that an operator's part of a library is made from."""
    folders = [*operator_folders().values(), *(operators.find(name).folder for name in operators.names())]
    return [path for folder in folders for path in folder.iterdir() if path.is_file()]


def announced(files: dict[str, str]) -> dict[str, str]:
    """The header of everything, with those of all operators, and the export map, with all their entry points."""
    header, exports = files[_HEADER], files[_MAP]
    for name in operators.names():
        path = operators.find(name).header
        include = f'#include "tensorop/{path.name}"\n'
        if include not in header:
            header = header.replace('#include "tensorop/export.h"\n', f'#include "tensorop/export.h"\n{include}')
        for entry in _ENTRY.findall(path.read_text(encoding="utf-8")):
            if f" {entry};" not in exports:
                exports = exports.replace("  global:\n", f"  global:\n    {entry};\n")
    return {_HEADER: header, _MAP: exports}
