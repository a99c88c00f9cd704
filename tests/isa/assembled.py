"""Text through the assembler and the disassembler."""

from __future__ import annotations

import subprocess
from pathlib import Path


def disassembled(text: str, folder: Path) -> list[str]:
    """The lines that objdump writes of an assembly text for x86-64."""
    (folder / "k.s").write_text(text)
    run = ["gcc", "-c", str(folder / "k.s"), "-o", str(folder / "k.o")]
    subprocess.run(run, check=True, capture_output=True)
    dump = ["objdump", "-d", "-M", "suffix", "--no-show-raw-insn", str(folder / "k.o")]
    return subprocess.run(dump, check=True, capture_output=True, text=True).stdout.splitlines()
