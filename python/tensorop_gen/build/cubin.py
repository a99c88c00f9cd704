"""What a compiled GPU kernel is made of, as cuobjdump tells."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.build.nvcc import find_cuobjdump

if TYPE_CHECKING:
    from pathlib import Path

_USAGE = re.compile(
    r"Function (?P<name>\S+):\s+REG:(?P<registers>\d+) STACK:(?P<stack>\d+) SHARED:(?P<shared>\d+) LOCAL:(?P<local>\d+)"
)
_FUNCTION = re.compile(r"^\s*Function : (\S+)", re.M)
_VARIABLE = re.compile(r"^\s*(?:0x)?[0-9a-f]+\s+\S+\s+(?P<size>\S+)\s+OBJECT\s.*\s(?P<name>\S+)$", re.M)
_SYMBOL = re.compile(r"\sFUNC\s+GLOBAL\s")
_ADDRESS = re.compile(r"^\s*/\*[0-9a-f]{4,}\*/", re.M)
_SPECIAL = re.compile(r"\bSR_?[A-Za-z]\w*")
_INSN = re.compile(r"^\s*/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?(?P<op>[A-Z][A-Z0-9_.]*)", re.M)


@dataclass(frozen=True, slots=True)
class Kernel:
    """registers: of a thread. stack, local: bytes of memory that a thread needs beside them; shared: static, bytes.
    ops: how often each instruction stands in it, without its modifiers; modified: with them. special: registers of the
    machine's state that it reads (SR_TID, SR_CLOCKLO, ...)."""

    name: str
    registers: int
    stack: int
    local: int
    shared: int
    modified: Counter[str]
    special: frozenset[str] = frozenset()

    @property
    def ops(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for op, count in self.modified.items():
            found[op.split(".")[0]] += count
        return found


class CubinError(ValueError):
    """What cuobjdump says is not what this release can read."""


def kernels(cubin: Path) -> tuple[Kernel, ...]:
    """Raises ToolMissing, CubinError."""
    usage = _run("-res-usage", cubin)
    _, *pieces = _FUNCTION.split(_run("-sass", cubin))
    texts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    if texts.keys() != {found["name"] for found in _USAGE.finditer(usage)}:
        raise CubinError(f"{cubin.name}: its functions and their resources do not match")
    for name, text in texts.items():
        if len(_INSN.findall(text)) != len(_ADDRESS.findall(text)):
            raise CubinError(f"{cubin.name}: not every instruction of {name} can be read")
    return tuple(
        Kernel(
            found["name"],
            int(found["registers"]),
            int(found["stack"]),
            int(found["local"]),
            int(found["shared"]),
            Counter(match["op"] for match in _INSN.finditer(texts[found["name"]])),
            frozenset(_SPECIAL.findall(texts[found["name"]])),
        )
        for found in _USAGE.finditer(usage)
    )


def variables(cubin: Path) -> dict[str, int]:
    """Bytes of the file's variables and constants in the device's memory, by their mangled names. Raises CubinError."""
    symbols = _run("-elf", cubin)
    if not _SYMBOL.search(symbols):
        raise CubinError(f"{cubin.name}: its symbols cannot be read")
    return {found["name"]: int(found["size"], 16) for found in _VARIABLE.finditer(symbols)}


def _run(option: str, cubin: Path) -> str:
    """nvdisasm stands beside cuobjdump, which looks for it in PATH."""
    program = find_cuobjdump()
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    words = [str(program), option, str(cubin)]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, env=environment)
    if done.returncode:
        raise CubinError(f"{cubin.name}: {done.stderr.strip()[:300]}")
    return done.stdout
