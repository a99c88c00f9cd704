"""What the generator can write: one package for each operator, found by its folder."""

from __future__ import annotations

import importlib
from typing import Any

from tensorop_gen.operators.operator import Operator
from tensorop_gen.source import operator_folders

__all__ = ["Operator", "find", "names"]


def names() -> tuple[str, ...]:
    return tuple(operator_folders())


def find(name: str) -> Operator[Any]:
    """The OPERATOR of the package of this name. Raises KeyError where there is none."""
    folder = operator_folders()[name]
    if str(folder.parent) not in __path__:
        __path__.append(str(folder.parent))
    operator: Operator[Any] = importlib.import_module(f"{__name__}.{name}").OPERATOR
    return operator
