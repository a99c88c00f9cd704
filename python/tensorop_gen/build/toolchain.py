"""The C compiler for a triple: found, identified, and asked what it can assemble."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.build.flags import ASM_PROBE, Style, asm_flags, c_flags


class ToolMissing(RuntimeError):  # noqa: N818  # a state of the machine
    """A program is not there, or cannot do what is needed (exit code 3). install: the command that helps."""

    def __init__(self, problem: str, install: str) -> None:
        self.problem = problem
        self.install = install
        super().__init__(f"{problem}\ninstall it with: {install}")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """compiler: the words that start it. identity: changes when it would produce other code. style: of its flags. away:
    its programs run on another machine, the verifier among them. version: what it calls itself."""

    compiler: tuple[str, ...]
    triple: str
    identity: str
    style: Style = "gnu"
    away: bool = False
    version: str = ""

    @property
    def native(self) -> bool:
        """Whether this machine runs what it compiles, without help."""
        return self.triple.split("-")[0] == native_arch()

    @property
    def c_flags(self) -> tuple[str, ...]:
        return c_flags(self.triple, self.style)

    @property
    def asm_flags(self) -> tuple[str, ...]:
        return asm_flags(self.triple, self.style)

    @property
    def link_flags(self) -> tuple[str, ...]:
        """Programs for another machine bring all they need: an emulator or a board may have no C library for them."""
        return ("-static",) if self.away or not self.native else ()

    @property
    def archiver(self) -> tuple[str, ...]:
        """The words that start `ar`: the one of this machine may not know the objects."""
        if self.style == "zig":
            return (*self.compiler[: self.compiler.index("cc")], "ar")
        return ("ar",) if self.native else (f"{self.triple}-ar",)

    def run(self, arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Starts the compiler; messages in English, whatever the user's language."""
        env = os.environ | {"LC_ALL": "C"}
        words = [*self.compiler, *arguments]
        return subprocess.run(words, input=stdin, capture_output=True, text=True, env=env, check=False)

    def require(self, isa: str) -> None:
        """Raises ToolMissing if the assembler does not know the instruction set."""
        lines = "\n".join(ASM_PROBE[isa])
        arguments = [*self.asm_flags, "-x", "assembler-with-cpp", "-c", "-", "-o", os.devnull]
        result = self.run(arguments, stdin=f"{lines}\n")
        if result.returncode:
            problem = f"{' '.join(self.compiler)} cannot assemble {isa} instructions:\n{result.stderr.strip()}"
            raise ToolMissing(problem, _install("binutils") if self.native else self._another())

    def _another(self) -> str:
        """A newer assembler for another machine. zig brings its own, but is not taken where a cross compiler is."""
        variable = f"CC_{self.triple.replace('-', '_')}"
        return f"{_install(f'binutils-{self.triple}')}, or {_ZIG_INSTALL} && export {variable}='python3 -m ziglang cc'"


def native_arch() -> str:
    """The architecture of this machine as triples spell it."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())


def find_toolchain(triple: str) -> Toolchain:
    """The compiler for a triple. Raises ToolMissing.

    For this machine's own architecture CC, else the usual names; for another CC_<triple> (dashes as underscores), else
    GCC's cross compiler, else `zig cc`."""
    native = triple.split("-")[0] == native_arch()
    given = os.environ.get("CC" if native else f"CC_{triple.replace('-', '_')}", "")
    names = [given] if given else ["cc", "gcc", "clang", f"{triple}-gcc"] if native else [f"{triple}-gcc"]
    for name in names:
        words = tuple(shlex.split(name))
        if shutil.which(words[0]):
            return _identified(words, triple)
    if not native and not given and (zig := _zig()):
        return _identified((*zig, "cc"), triple)
    problem = f"no C compiler for {triple}: looked for {', '.join(names)}{'' if native or given else ' and zig'}"
    raise ToolMissing(problem, _install("gcc libc6-dev") if native else _install_cross(triple))


def zig_toolchain(triple: str) -> Toolchain:
    """`zig cc` for a triple, whatever else is there: PyPI's ziglang needs no root. Raises ToolMissing."""
    zig = _zig()
    if not zig:
        raise ToolMissing("zig is not there", _ZIG_INSTALL)
    return _identified((*zig, "cc"), triple)


_ZIG_INSTALL = "pip install ziglang"


def _zig() -> tuple[str, ...]:
    """The words that start zig: the program, or the module of PyPI's ziglang in this Python; none if there is none."""
    if shutil.which("zig"):
        return ("zig",)
    return (sys.executable, "-m", "ziglang") if importlib.util.find_spec("ziglang") else ()


def _is_zig(words: Sequence[str]) -> bool:
    return len(words) > 1 and words[1:][-1] == "cc" and words[-2].endswith(("zig", "ziglang"))


def _identified(words: tuple[str, ...], triple: str) -> Toolchain:
    style: Style = "gnu"
    if _is_zig(words):
        # Its glibc is dynamic only; musl's programs run anywhere.
        style = "zig"
        words = (*words, f"--target={triple.split('-')[0]}-linux-musl")
    result = subprocess.run([*words, "-v"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise ToolMissing(f"{' '.join(words)} does not work:\n{result.stderr.strip()}", _install("gcc"))
    digest = hashlib.sha256(f"{words} {result.stdout}{result.stderr}".encode()).hexdigest()[:16]
    lines = f"{result.stdout}{result.stderr}".splitlines()
    version = next((line.strip() for line in lines if " version " in line), Path(words[0]).name)
    return Toolchain(words, triple, digest, style, version=version)


def _install(packages: str) -> str:
    return f"sudo apt-get install {packages}"


def _install_cross(triple: str) -> str:
    arch = triple.split("-")[0]
    debian = {"aarch64": "arm64", "x86_64": "amd64"}.get(arch, arch)
    packages = f"gcc-{triple.replace('_', '-')} libc6-dev-{debian}-cross"
    return f"{_install(packages)}, or without root: {_ZIG_INSTALL}"
