"""The two programs that candidates are proven with: compiled once per compiler and content."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.author.model import Feedback
from tensorop_gen.build.store import cache_dir, digest, kept
from tensorop_gen.build.toolchain import Toolchain, find_toolchain, native_arch
from tensorop_gen.source import source_root

SOURCES = Path(__file__).parents[1] / "verify" / "harness"
_PARENT = ("verifier", "case", "operand", "reference", "child", "session", "check_gemm", "check_pack", "check_run",
           "check_time")  # fmt: skip
_CHILD = ("candidate", "calls", "slots", "faults", "sandbox")
# As GCC, Clang and the GNU assembler write them.
_ERROR = re.compile(r"^([^\s:]+):(\d+):(?:\d+:)? (?:fatal )?error:", re.MULTILINE | re.IGNORECASE)


class BuildFailed(RuntimeError):  # noqa: N818  # the candidate's failure, not this program's
    """The compiler turned something down; `feedback` says what and where."""

    def __init__(self, feedback: Feedback) -> None:
        self.feedback = feedback
        super().__init__(f"{feedback.where}: {feedback.text}" if feedback.where else feedback.text)


@dataclass(frozen=True, slots=True)
class Harness:
    """verifier: the trusted parent. objects: what a candidate is linked with, first in the link.
    hash: of the sources of both."""

    verifier: Path
    objects: tuple[Path, ...]
    hash: str


def include_flags() -> tuple[str, ...]:
    """Where candidates and harness find the contract's headers."""
    root = source_root()
    return f"-I{root / 'include'}", f"-I{root / 'kernels' / 'runtime'}"


def harness_hash() -> str:
    """Of everything that decides what the harness checks."""
    files = sorted(p for p in SOURCES.iterdir() if p.suffix in {".c", ".h", ".S"})
    root = source_root()
    files += [root / "include" / "tensorop" / "kernel_abi.h", root / "kernels" / "runtime" / "instance.h"]
    return digest(part for f in files for part in (f.name, f.read_bytes()))[:16]


def find_harness(toolchain: Toolchain) -> Harness:
    """The harness for a compiler, from the cache or built now. Raises BuildFailed, ToolMissing.

    The verifier runs on this machine, whatever machine the candidate is for, unless the toolchain says otherwise."""
    own = toolchain if toolchain.native or toolchain.away else find_toolchain(f"{native_arch()}-linux-gnu")
    verifier = _kept("verifier", own, _build_verifier) / "verifier"
    child = _kept("child", toolchain, _build_child)
    return Harness(verifier, tuple(child / f"{unit}.o" for unit in (*_CHILD, "abi")), harness_hash())


def _kept(part: str, toolchain: Toolchain, make: Callable[[Toolchain, Path], None]) -> Path:
    name = digest([part, harness_hash(), toolchain.identity, *toolchain.c_flags, *toolchain.link_flags])[:32]
    return kept(cache_dir() / "harness" / name, lambda made: make(toolchain, made))


def _build_verifier(toolchain: Toolchain, folder: Path) -> None:
    _compile(toolchain, _PARENT, folder)
    objects = [str(folder / f"{unit}.o") for unit in _PARENT]
    compile_with(toolchain, [*toolchain.link_flags, *objects, "-lm", "-o", str(folder / "verifier")], folder)


def _build_child(toolchain: Toolchain, folder: Path) -> None:
    _compile(toolchain, _CHILD, folder)
    abi = SOURCES / f"abi_{toolchain.triple.split('-')[0]}.S"
    compile_with(toolchain, [*toolchain.asm_flags, "-c", str(abi), "-o", str(folder / "abi.o")], folder)


def _compile(toolchain: Toolchain, units: tuple[str, ...], folder: Path) -> None:
    flags = [*toolchain.c_flags, *include_flags()]
    for unit in units:
        compile_with(toolchain, [*flags, "-c", str(SOURCES / f"{unit}.c"), "-o", str(folder / f"{unit}.o")], folder)


def compile_with(toolchain: Toolchain, arguments: list[str], folder: Path) -> None:
    """Runs the compiler; what it says of files in `folder` becomes the feedback of BuildFailed."""
    result = toolchain.run(arguments)
    if result.returncode:
        raise BuildFailed(_feedback(result.stderr.replace(f"{folder}/", "")))


def _feedback(messages: str) -> Feedback:
    """`where` is file:line of the first error, if the messages have one."""
    error = _ERROR.search(messages)
    return Feedback("build", messages.strip(), f"{Path(error[1]).name}:{error[2]}" if error else "")
