"""llvm-mca, the judge of a loop where it knows the CPU: LLVM's own model of it, not ours."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from tensorop_gen.build.debian import Package, fetch
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.isa import target
from tensorop_gen.isa.program import Block, Program
from tensorop_gen.measure.errors import MeasureError

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.isa.program import Insn

# The first LLVM that knows the vector units of every CPU here that it knows at all, with the libraries it needs.
RELEASE = 22
LLVM = Package(
    f"llvm-{RELEASE}",
    "trixie",
    (
        *(f"llvm-{RELEASE}", f"libllvm{RELEASE}", "libc6", "libstdc++6", "libgcc-s1", "libedit2", "libffi8", "libxml2"),
        *("libicu76", "libz3-4", "libgmp10", "libzstd1", "zlib1g", "liblzma5", "libtinfo6", "libbsd0", "libmd0"),
    ),
)
_ITERATIONS = 100
_INSTALL = "tensorop-gen doctor --install"


def install_judge() -> Path:
    """Fetches it; the folder it is in. Raises ToolMissing."""
    find_judge.cache_clear()
    return fetch(LLVM)


@functools.cache
def find_judge() -> tuple[str, ...]:
    """The words that start it. Raises ToolMissing."""
    seen = []
    for words in (_fetched(LLVM.folder), (f"llvm-mca-{RELEASE}",), ("llvm-mca",)):
        if not words or not shutil.which(words[0]):
            continue
        version = re.search(r"LLVM version (\d+)", _run([*words, "--version"], ""))
        if version and int(version[1]) >= RELEASE:
            return words
        seen.append(f"{' '.join(words)} is of LLVM {version[1] if version else '?'}")
    raise ToolMissing(f"no llvm-mca of LLVM {RELEASE} or later" + "".join(f"; {text}" for text in seen), _INSTALL)


def _fetched(folder: Path) -> tuple[str, ...]:
    """Through the loader beside it: its C library is another than this machine's."""
    loader = next(iter(sorted(folder.glob("usr/lib*/ld-linux-*.so.*"))), None)
    if loader is None:
        return ()
    libraries = [*folder.glob("usr/lib/*-linux-gnu"), folder / f"usr/lib/llvm-{RELEASE}/lib"]
    program = folder / f"usr/lib/llvm-{RELEASE}/bin/llvm-mca"
    return (str(loader), "--library-path", ":".join(map(str, libraries)), str(program))


def judged(loop: tuple[Insn, ...], program: Program, factors: HardwareFactors) -> float | None:
    """Cycles of a pass of a loop of the program; None where LLVM does not know the CPU. Raises ToolMissing,
    MeasureError."""
    if factors.mca is None:
        return None
    text = target.find(factors.isa).assembly({"judged": Program((Block("loop", loop),))})
    lines = text.splitlines()
    body = [line for line in lines[lines.index(".Ljudged.loop:") :] if re.match(r"\t[a-z]|\.Ljudged", line)]
    # Vectors that have no length of their own: the one that is set in the program.
    setting = next((insn for insn in program.insns if "vl" in insn.writes), None)
    first = target.find(factors.isa).assembly({"first": Program((Block("", (setting,)),))}) if setting else ""
    before = [line for line in first.splitlines() if re.match(r"\tv", line)]
    return cycles("\n".join(before), "\n".join(body), factors.triple, factors.mca)


@functools.lru_cache(maxsize=256)
def cycles(before: str, body: str, triple: str, cpu: str) -> float:
    """Of a pass of `body`, once it is settled. Raises ToolMissing, MeasureError."""
    marked = f"{before}\n# LLVM-MCA-BEGIN\n{body}\n# LLVM-MCA-END\n"
    totals = []
    for count in (_ITERATIONS, 2 * _ITERATIONS):
        words = [*find_judge(), f"-mtriple={triple}", f"-mcpu={cpu}", f"-iterations={count}", "-instruction-info=0"]
        total = re.search(r"Total Cycles:\s+(\d+)", _run(words, marked))
        if not total:
            raise MeasureError(f"llvm-mca gives no cycles for {cpu}")
        totals.append(int(total[1]))
    return (totals[1] - totals[0]) / _ITERATIONS


def _run(words: list[str], text: str) -> str:
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MeasureError(f"llvm-mca failed:\n{done.stderr.strip()[:2000]}")
    return done.stdout
