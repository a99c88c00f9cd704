"""From a model's text to instructions: assembled or compiled in the box, disassembled, checked.

Only the instruction list goes on from here; the object that it was read from is thrown away, and with it whatever else
was in it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.author.llm.assembly_text import check_assembly
from tensorop_gen.author.llm.c_text import check_c, check_expanded
from tensorop_gen.author.llm.rows import ROWS
from tensorop_gen.isa.contract import CONTRACTS
from tensorop_gen.isa.lift.flow import lifted
from tensorop_gen.isa.lifters import LIFTERS
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.program import Program
from tensorop_gen.isa.refused import Refused
from tensorop_gen.llm.box import Boxed, run_boxed, run_script
from tensorop_gen.source import source_root

LANGUAGES = {"asm": "asm", "s": "asm", "assembly": "asm", "gas": "asm", "c": "c", "python": "python", "py": "python"}
_C_FLAGS = (
    "-std=c11",
    "-O3",
    "-ffp-contract=off",
    "-fno-tree-vectorize",
    "-fno-tree-loop-distribute-patterns",  # it makes calls of memset
    "-fno-jump-tables",
    "-fno-shrink-wrap",
    "-fno-reorder-blocks-and-partition",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-stack-protector",
    "-fomit-frame-pointer",
    "-fno-pic",
)
_EMPTY_SECTIONS = (".data", ".bss")
_IGNORED_SECTIONS = (".comment", ".note", ".eh_frame", ".riscv.attributes")
_SECTION = re.compile(r"^\s*\d+ (?P<name>\S+)\s+(?P<size>[0-9a-f]{8,})\s", re.M)
_FUNCTION = re.compile(r"^[0-9a-f]+ (?P<flags>.{7}) \.text\s+[0-9a-f]+ (?:\.hidden )?(?P<name>\S+)$", re.M)
_RELOCATION = re.compile(r"(?P<kind>R_\w+)\s+(?P<what>\S+)")
_UNDEFINED = re.compile(r"\*UND\*\s+[0-9a-f]+ (?P<what>\S+)")
# The assembler has resolved these, and names their targets for a linker that would shorten the code.
_RESOLVED = ("R_RISCV_BRANCH", "R_RISCV_JAL", "R_RISCV_RVC_BRANCH", "R_RISCV_RVC_JUMP")


@dataclass(frozen=True, slots=True)
class Forge:
    """compiler: the words that start a C compiler for the target: GCC, for answers in C. isa: one of ROWS."""

    compiler: tuple[str, ...]
    isa: str
    objdump: str = "objdump"

    def lift(self, language: str, text: str, role: Role) -> Program:
        """The checked instructions of the function that is called like the role. Raises Refused; BoxUnavailable."""
        kind, row = LANGUAGES[language], ROWS[self.isa]
        if kind == "python":
            text, kind = _printed(text), "asm"
        if kind == "c" and not row.takes_c:
            raise Refused("language", f"for {self.isa} write assembly, or a script that prints it")
        source = check_assembly(text, role, row.dialect) if kind == "asm" else check_c(text, row.header)
        with tempfile.TemporaryDirectory(prefix="tensorop-forge-") as temporary:
            folder = Path(temporary)
            name = "kernel.s" if kind == "asm" else "kernel.c"
            (folder / name).write_text(source, encoding="ascii")
            header = folder / "tensorop" / "kernel_abi.h"
            header.parent.mkdir()
            shutil.copy(source_root() / "include" / "tensorop" / header.name, header)
            flags = (*row.flags, "-Wa,-W") if kind == "asm" else (*row.flags, *_C_FLAGS, *row.c_flags, "-I.")
            if kind == "c":
                check_expanded(self._compiled([*self.compiler, *flags, "-E", name], folder), name)
            self._compiled([*self.compiler, *flags, "-c", name, "-o", "kernel.o"], folder)
            told = _told(run_boxed([self.objdump, "-w", "-h", "-t", "-r", "kernel.o"], folder))
            _check_object(told, role)
            dump = [self.objdump, "-d", *row.objdump, "--no-show-raw-insn", "kernel.o"]
            lines = _told(run_boxed(dump, folder)).splitlines()
        return lifted(lines, LIFTERS[self.isa], CONTRACTS[role])

    def _compiled(self, command: Sequence[str], folder: Path) -> str:
        """What the compiler prints."""
        result = run_boxed(command, folder)
        if result.stopped:
            raise Refused("size", f"the compiler was stopped: {result.stopped}")
        if result.code:
            raise Refused("compiler", normal(result.err, folder))
        return result.out


def normal(messages: str, folder: Path) -> str:
    """A compiler's messages without what differs from machine to machine, the first few of them."""
    text = messages.replace(f"{folder}/", "")
    found = re.findall(r"^\S+?:(\d+):(?:\d+:)? *(?:fatal )?error: *(.*)$|^\S+?:(\d+): Error: (.*)$", text, re.M | re.I)
    lines = [f"line {a or c}: {b or d}" for a, b, c, d in found][:5]
    return "; ".join(lines) or " ".join(text.split())[:300]


def _printed(script: str) -> str:
    """What a kernel script prints."""
    result = run_script(script)
    if result.stopped:
        raise Refused("script", f"it was stopped: {result.stopped}")
    if result.code:
        raise Refused("script", f"it failed: {' '.join(result.err.strip().splitlines()[-1:])[:300]}")
    return result.out


def _told(result: Boxed) -> str:
    if result.code or result.stopped:
        raise Refused("object", f"it cannot be read: {result.stopped or result.err.strip()[:200]}")
    return result.out


def _check_object(told: str, symbol: str) -> None:
    for section in _SECTION.finditer(told):
        name, size = section["name"], int(section["size"], 16)
        if name.startswith(".text."):
            raise Refused("symbol", f"there is code beside {symbol} (in {name})")
        if (size and name in _EMPTY_SECTIONS) or (name not in (".text", *_EMPTY_SECTIONS) and _kept(name)):
            raise Refused("static data", f"a kernel has none (section {name}); make constants from immediates")
    functions = [m["name"] for m in _FUNCTION.finditer(told) if "F" in m["flags"] or "g" in m["flags"]]
    if strange := [name for name in functions if name != symbol]:
        raise Refused("symbol", f"{', '.join(strange[:3])}: everything must be inlined into {symbol}")
    if functions != [symbol]:
        raise Refused("symbol", f"there is no global function called {symbol}")
    outside = [m["what"] for m in _UNDEFINED.finditer(told)]
    outside += [m["what"] for m in _RELOCATION.finditer(told) if m["kind"] not in _RESOLVED]
    if outside:
        raise Refused("call", f"{outside[0]} is outside the kernel: no calls, no static data")


def _kept(section: str) -> bool:
    return not section.startswith(_IGNORED_SECTIONS)
