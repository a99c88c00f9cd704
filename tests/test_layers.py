"""Data flows one way: a stage imports only what stands before it. What is true of one CPU stands in its file only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tensorop_gen
from tensorop_gen.hardware.library import all_targets
from tensorop_gen.source import source_root

_STAGES = """source request isa operators llm hardware author build run verify measure tune cache emit report pipeline
cli __main__"""
ORDER = _STAGES.split()
PACKAGE = Path(tensorop_gen.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def stage(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The stages that a module imports, for its types or at all."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "tensorop_gen":
            names = [f"tensorop_gen.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("tensorop_gen.")}
    return found - {"__version__"}


def test_the_package_has_these_stages_only() -> None:
    found = {stage(path) for path in MODULES} - {"__init__", "_data"}
    assert found <= set(ORDER)
    assert len(MODULES) > 50


@pytest.mark.parametrize(
    "path", [p for p in MODULES if stage(p) != "__init__"], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_obey_the_order(path: Path) -> None:
    own = ORDER.index(stage(path))
    late = {name for name in imports(path) if ORDER.index(name) > own}
    assert not late, f"{stage(path)} comes before {', '.join(sorted(late))}"


def cpu_names() -> dict[str, re.Pattern[str]]:
    """Names and aliases of targets that are one make of CPU, not a level of an architecture; names of two letters are
    registers and groups of them as well."""
    words = {word for t in all_targets() if t.detect.vendor for word in (t.name, *t.aliases) if len(word) > 2}
    return {
        w: re.compile(r"(?<![a-z0-9])" + re.escape(w).replace(r"\ ", "[ -]?") + r"(?![a-z0-9])", re.I) for w in words
    }


def test_no_cpu_is_named_in_code() -> None:
    runtime = sorted((source_root() / "kernels" / "runtime").glob("*.[ch]"))
    templates = sorted(PACKAGE.rglob("*.j2"))
    patterns = cpu_names()
    assert len(runtime) > 10
    assert len(patterns) > 10
    named = [
        f"{path.name}: {name}"
        for path in [*MODULES, *runtime, *templates]
        for text in [path.read_text(encoding="utf-8")]
        for name, pattern in patterns.items()
        if pattern.search(text)
    ]
    assert not named
