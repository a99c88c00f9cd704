"""Text through the assembler and the disassembler."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tensorop_gen.author.llm.rows import ROWS


def disassembled(text: str, folder: Path) -> list[str]:
    """The lines that objdump writes of an assembly text for x86-64."""
    return _through(text, folder, ["gcc"], ["objdump", "-M", "suffix"])


def disassembled_for(isa: str, text: str, folder: Path) -> list[str]:
    """The same for another instruction set, by the cross tools."""
    row = ROWS[isa]
    triple = "aarch64-linux-gnu" if isa == "neon" else "riscv64-linux-gnu"
    return _through(text, folder, [f"{triple}-gcc", *row.flags], [f"{triple}-objdump", *row.objdump])


def _through(text: str, folder: Path, compiler: list[str], objdump: list[str]) -> list[str]:
    (folder / "k.s").write_text(text)
    run = [*compiler, "-c", str(folder / "k.s"), "-o", str(folder / "k.o")]
    subprocess.run(run, check=True, capture_output=True)
    dump = [*objdump, "-d", "--no-show-raw-insn", str(folder / "k.o")]
    return subprocess.run(dump, check=True, capture_output=True, text=True).stdout.splitlines()
