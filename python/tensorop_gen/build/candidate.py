"""Compiles a candidate together with the harness's child into one program."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tensorop_gen.build.harness import Harness, compile_with, find_harness, include_flags
from tensorop_gen.build.store import digest
from tensorop_gen.build.toolchain import Toolchain

# How the harness finds the instance, whatever its name.
_ENTRY = "tensorop_entry.c"
_ENTRY_TEXT = """#include "instance.h"

extern const tensorop_instance {instance};
extern const tensorop_instance *const tensorop_candidate;
const tensorop_instance *const tensorop_candidate = &{instance};
"""


class Buildable(Protocol):
    """The part of a Candidate that is compiled (file name -> text, and the symbol of its tensorop_instance), its
    operator, its parameters (a dataclass, or None) and other sizes worth testing round."""

    @property
    def operator(self) -> str: ...

    @property
    def files(self) -> Mapping[str, str]: ...

    @property
    def instance(self) -> str: ...

    @property
    def params(self) -> Any: ...

    @property
    def edges(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Built:
    """A candidate as a program that the harness's verifier talks to.

    sizes: the whole numbers among its parameters by name, and its edges: loops may have edges there. operator: whose
    calls prove it."""

    executable: Path
    harness: Harness
    sizes: Mapping[str, int] = field(default_factory=dict)
    operator: str = "gemm"


def build(candidate: Buildable, toolchain: Toolchain, folder: Path, objects: Path | None = None) -> Built:
    """Writes, compiles and links a candidate in `folder` (made if it is not there). Raises BuildFailed.

    objects: a folder of what was compiled with this toolchain before; an unchanged file's object is taken from it."""
    harness = find_harness(toolchain)
    folder.mkdir(parents=True, exist_ok=True)
    kept = objects or folder
    kept.mkdir(parents=True, exist_ok=True)
    for name, text in candidate.files.items():
        (folder / name).write_text(text)
    (folder / _ENTRY).write_text(_ENTRY_TEXT.format(instance=candidate.instance))
    sources = [_ENTRY, *(name for name in sorted(candidate.files) if name.endswith((".c", ".S")))]
    with ThreadPoolExecutor() as pool:
        compiled = list(pool.map(lambda name: _compile(toolchain, folder, name, kept), sources))
    executable = folder / "candidate"
    # The harness comes first: its part that shuts the door runs before any constructor of the candidate.
    words = [*toolchain.link_flags, *map(str, harness.objects), *compiled]
    compile_with(toolchain, [*words, "-o", str(executable)], folder)
    return Built(executable, harness, _sizes(candidate.params, candidate.edges), candidate.operator)


def _compile(toolchain: Toolchain, folder: Path, name: str, kept: Path) -> str:
    """The object of a file, named by all that its author wrote for it."""
    headers = [path.read_bytes() for path in sorted(folder.glob("*.h"))]
    out = kept / f"{digest((name, *headers, (folder / name).read_bytes()))[:32]}.o"
    if not out.is_file():
        flags = toolchain.c_flags if name.endswith(".c") else toolchain.asm_flags
        handle, made = tempfile.mkstemp(".o", dir=kept)
        os.close(handle)
        words = [*flags, *include_flags(), f"-I{folder}", "-c", str(folder / name), "-o", made]
        compile_with(toolchain, words, folder)
        Path(made).rename(out)
    return str(out)


def _sizes(params: Any, edges: tuple[int, ...]) -> dict[str, int]:
    values = (asdict(params) if params else {}) | {f"edge {edge}": edge for edge in edges}
    return {name: v for name, v in values.items() if isinstance(v, int) and not isinstance(v, bool)}
