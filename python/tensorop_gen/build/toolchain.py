"""The C compiler for a triple: found, identified, and asked what it can assemble."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from tensorop_gen.build.flags import ASM_PROBE, asm_flags


class ToolMissing(RuntimeError):  # noqa: N818  # a state of the machine
    """A program is not there, or cannot do what is needed (exit code 3). install: the command that helps."""

    def __init__(self, problem: str, install: str) -> None:
        self.problem = problem
        self.install = install
        super().__init__(f"{problem}\ninstall it with: {install}")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """compiler: the words that start it. identity: changes when it would produce other code."""

    compiler: tuple[str, ...]
    triple: str
    identity: str

    def run(self, arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Starts the compiler; messages in English, whatever the user's language."""
        env = os.environ | {"LC_ALL": "C"}
        words = [*self.compiler, *arguments]
        return subprocess.run(words, input=stdin, capture_output=True, text=True, env=env, check=False)

    def require(self, isa: str) -> None:
        """Raises ToolMissing if the assembler does not know the instruction set."""
        lines = "\n".join(ASM_PROBE[isa])
        arguments = [*asm_flags(self.triple), "-x", "assembler-with-cpp", "-c", "-", "-o", os.devnull]
        result = self.run(arguments, stdin=f"{lines}\n")
        if result.returncode:
            problem = f"{' '.join(self.compiler)} cannot assemble {isa} instructions:\n{result.stderr.strip()}"
            raise ToolMissing(problem, _install("binutils"))


def native_arch() -> str:
    """The architecture of this machine as triples spell it."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())


def find_toolchain(triple: str) -> Toolchain:
    """CC (for this machine's own architecture), else the usual names. Raises ToolMissing."""
    native = triple.split("-")[0] == native_arch()
    given = os.environ.get("CC", "") if native else ""
    names = [given] if given else ["cc", "gcc", "clang", f"{triple}-gcc"] if native else [f"{triple}-gcc"]
    for name in names:
        words = tuple(shlex.split(name))
        if shutil.which(words[0]):
            return _identified(words, triple)
    problem = f"no C compiler for {triple}: looked for {', '.join(names)}"
    raise ToolMissing(problem, _install("gcc libc6-dev" if native else f"gcc-{triple.replace('_', '-')}"))


def _identified(words: tuple[str, ...], triple: str) -> Toolchain:
    result = subprocess.run([*words, "-v"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise ToolMissing(f"{' '.join(words)} does not work:\n{result.stderr.strip()}", _install("gcc"))
    digest = hashlib.sha256(f"{words} {result.stdout}{result.stderr}".encode()).hexdigest()[:16]
    return Toolchain(words, triple, digest)


def _install(packages: str) -> str:
    return f"sudo apt-get install {packages}"
