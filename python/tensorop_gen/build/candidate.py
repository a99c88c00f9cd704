"""Compiles a candidate together with the harness's child into one program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from tensorop_gen.build.flags import asm_flags, c_flags
from tensorop_gen.build.harness import Harness, compile_with, find_harness, include_flags
from tensorop_gen.build.toolchain import Toolchain


class Buildable(Protocol):
    """The part of a Candidate that is compiled (file name -> text, and the symbol of its tensorop_instance), and its
    parameters: a dataclass, or None."""

    @property
    def files(self) -> Mapping[str, str]: ...

    @property
    def instance(self) -> str: ...

    @property
    def params(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Built:
    """A candidate as a program that the harness's verifier talks to.

    sizes: the whole numbers among its parameters, whatever they mean: loops may have edges there."""

    executable: Path
    harness: Harness
    sizes: tuple[int, ...] = ()


def build(candidate: Buildable, toolchain: Toolchain, folder: Path) -> Built:
    """Writes, compiles and links a candidate in `folder` (made if it is not there). Raises BuildFailed."""
    harness = find_harness(toolchain)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in candidate.files.items():
        (folder / name).write_text(text)
    objects = [_compile(toolchain, folder, n) for n in sorted(candidate.files) if n.endswith((".c", ".S"))]
    executable = folder / "candidate"
    # The harness comes first: its part that shuts the door runs before any constructor of the candidate.
    words = [*map(str, harness.objects), *objects, f"-Wl,--defsym=tensorop_candidate={candidate.instance}"]
    compile_with(toolchain, [*words, "-o", str(executable)], folder)
    return Built(executable, harness, _sizes(candidate.params))


def _compile(toolchain: Toolchain, folder: Path, name: str) -> str:
    flags = c_flags(toolchain.triple) if name.endswith(".c") else asm_flags(toolchain.triple)
    out = str(folder / f"{name}.o")
    compile_with(toolchain, [*flags, *include_flags(), f"-I{folder}", "-c", str(folder / name), "-o", out], folder)
    return out


def _sizes(params: Any) -> tuple[int, ...]:
    values = asdict(params).values() if params else ()
    return tuple(sorted({v for v in values if isinstance(v, int) and not isinstance(v, bool)}))
