"""Compiles a candidate together with the harness's child into one program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tensorop_gen.build.harness import Harness, compile_with, find_harness, include_flags
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
    parameters (a dataclass, or None) and other sizes worth testing round."""

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

    sizes: the whole numbers among its parameters by name, and its edges: loops may have edges there."""

    executable: Path
    harness: Harness
    sizes: Mapping[str, int] = field(default_factory=dict)


def build(candidate: Buildable, toolchain: Toolchain, folder: Path) -> Built:
    """Writes, compiles and links a candidate in `folder` (made if it is not there). Raises BuildFailed."""
    harness = find_harness(toolchain)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in candidate.files.items():
        (folder / name).write_text(text)
    (folder / _ENTRY).write_text(_ENTRY_TEXT.format(instance=candidate.instance))
    sources = [_ENTRY, *(name for name in sorted(candidate.files) if name.endswith((".c", ".S")))]
    objects = [_compile(toolchain, folder, name) for name in sources]
    executable = folder / "candidate"
    # The harness comes first: its part that shuts the door runs before any constructor of the candidate.
    words = [*toolchain.link_flags, *map(str, harness.objects), *objects]
    compile_with(toolchain, [*words, "-o", str(executable)], folder)
    return Built(executable, harness, _sizes(candidate.params, candidate.edges))


def _compile(toolchain: Toolchain, folder: Path, name: str) -> str:
    flags = toolchain.c_flags if name.endswith(".c") else toolchain.asm_flags
    out = str(folder / f"{name}.o")
    compile_with(toolchain, [*flags, *include_flags(), f"-I{folder}", "-c", str(folder / name), "-o", out], folder)
    return out


def _sizes(params: Any, edges: tuple[int, ...]) -> dict[str, int]:
    values = (asdict(params) if params else {}) | {f"edge {edge}": edge for edge in edges}
    return {name: v for name, v in values.items() if isinstance(v, int) and not isinstance(v, bool)}
