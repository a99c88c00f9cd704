"""Vector instructions stand in assembly only: all C is for the baseline, so that floor and dispatch run anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Library, run

# RISC-V: the major opcode OP-V, and vector loads and stores (widths 0, 5, 6, 7 of LOAD-FP and STORE-FP), by the words
# themselves, since an old objdump does not know them all. One file asks with vsetvli, once the system said that it may.
RISCV = re.compile(r"^\s+[0-9a-f]+:\s+([0-9a-f]{8})\s", re.MULTILINE)
ASKS = "runtime/cpu_riscv64.c.o"
# AArch64's baseline has NEON; SVE is more.
SVE = re.compile(r"\bz\d+\.[bhsd]|\bp\d+/[mz]")


def has_rvv(word: int) -> bool:
    opcode, width = word & 0x7F, word >> 12 & 7
    return opcode == 0x57 or (opcode in (0x07, 0x27) and width in (0, 5, 6, 7))


def disassembly(library: Library, path: Path) -> str:
    return run(f"{library.toolchain.triple}-objdump", "-d", path).stdout


def words_of(library: Library, suffix: str) -> dict[str, list[int]]:
    """The 32-bit instructions of every object, by its path; some sources are empty on this machine."""
    found = {
        str(path.relative_to(library.folder)): [int(word, 16) for word in RISCV.findall(disassembly(library, path))]
        for path in library.objects(suffix)
    }
    return {name: words for name, words in found.items() if words}


def test_no_rvv_in_c(library: Callable[[str], Library]) -> None:
    words = words_of(library("riscv64"), ".c")
    found = {name: {hex(word) for word in all_ if has_rvv(word)} for name, all_ in words.items()}
    assert found.pop(ASKS) == {"0xc0072d7", "0x72d7"}
    assert not any(found.values()), found
    assert len(found) > 20


def test_rvv_stands_in_assembly(library: Callable[[str], Library]) -> None:
    words = words_of(library("riscv64"), ".S")
    have = {name.split("/")[0] for name, all_ in words.items() if any(map(has_rvv, all_))}
    assert have == {name.split("/")[0] for name in words} - {"rv64gc"}
    assert len(have) >= 2  # targets may share all their kernels


def test_no_sve_anywhere(library: Callable[[str], Library]) -> None:
    made = library("aarch64")
    paths = [*made.objects(".c"), *made.objects(".S")]
    assert len(paths) > 20
    for path in paths:
        assert not SVE.search(disassembly(made, path)), path


@pytest.mark.parametrize("arch", ["aarch64", "riscv64"])
def test_attributes_of_every_object(arch: str, library: Callable[[str], Library]) -> None:
    """No executable stack; RISC-V: rv64gc and nothing more, but for assembly; AArch64: landing pads everywhere."""
    made = library(arch)
    tool = f"{arch}-linux-gnu-readelf"
    for path in [*made.objects(".c"), *made.objects(".S")]:
        text = run(tool, "-SAnW", path).stdout
        assert ".note.GNU-stack" in text, path
        if arch == "aarch64":
            assert "AArch64 feature: BTI" in text, path
        elif path.suffixes[-2] == ".c":
            assert re.search(r'"rv64i\d+p\d+_m[^"]*_c\d+p\d+[^"]*"', text), path
            assert not re.search(r'"rv64[^"]*_(v|zv|xthead)', text), path
