"""What users compile and link against: headers, exported names, version."""

from __future__ import annotations

import ctypes
import re
import subprocess
from pathlib import Path

import pytest

from tensorop_gen import __version__

ROOT = Path(__file__).resolve().parents[2]
HEADERS = sorted(path.name for path in (ROOT / "include/tensorop").glob("*.h"))


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("compiler", [("cc", "-std=c99", "-xc"), ("c++", "-std=c++11", "-xc++")])
def test_header_stands_alone(compiler: tuple[str, ...], header: str) -> None:
    done = subprocess.run(
        [*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{ROOT / 'include'}", "-fsyntax-only", "-"],
        input=f'#include "tensorop/{header}"\nint something;\n',
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_exported_names(library: Path) -> None:
    text = (ROOT / "kernels/runtime/tensorop.map").read_text()
    listed = set(re.findall(r"^ +(\w+);", text, re.MULTILINE))
    done = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    exported = {name: kind for _, kind, name in (line.split() for line in done.stdout.splitlines())}
    assert set(exported) == listed
    assert {name for name, kind in exported.items() if kind == "W"} == {"xerbla_", "cblas_xerbla"}


def test_declared_names_are_exported(library: Path) -> None:
    headers = [header for header in HEADERS if header != "cuda.h"]  # of a library of its own
    text = "".join((ROOT / "include/tensorop" / header).read_text() for header in headers)
    declared = set(re.findall(r"^TENSOROP_API [^(]*?(\w+)\(", text, re.MULTILINE))
    assert "cblas_sgemm_batch_strided64_" in declared
    loaded = ctypes.CDLL(str(library))
    assert [name for name in sorted(declared) if not hasattr(loaded, name)] == []


def test_version(library: Path) -> None:
    version = ctypes.CDLL(str(library)).tensorop_version
    version.restype = ctypes.c_char_p
    assert version().decode() == __version__
