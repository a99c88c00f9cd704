"""Tools newer than the oldest system that the tests run on: Debian 13's, fetched once, started by its own loader."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tensorop_gen.build.debian import Package, fetch

_LIBC = ("libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libzstd1")
BINUTILS = Package(
    "binutils-riscv64-2.44",
    "trixie",
    ("binutils-riscv64-linux-gnu", "binutils-common", "libbinutils", "libsframe1", "libgmp10", *_LIBC),
)
LLVM = Package(
    "llvm-22",
    "trixie",
    (
        *("llvm-22", "libllvm22", "libedit2", "libxml2", "libffi8", "libtinfo6", "libz3-4", "libgmp10"),
        *("libbsd0", "libmd0", "libicu76", "liblzma5", *_LIBC),
    ),
)


def run(package: Package, program: str, *arguments: str, stdin: str = "") -> str:
    """What usr/<program> of the package prints. Raises ToolMissing where it cannot be fetched."""
    usr = fetch(package) / "usr"
    loader = next(usr.glob("lib*/**/ld-linux-x86-64.so.2"))
    libraries = ":".join(str(path) for path in (usr / "lib/x86_64-linux-gnu", *usr.glob("lib/llvm-*/lib")))
    words = [str(loader), "--library-path", libraries, str(usr / program), *arguments]
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def assemble(text: str, folder: Path, march: str) -> Path:
    """An object with these lines, by binutils 2.44."""
    source, obj = folder / "words.s", folder / "words.o"
    source.write_text(text)
    run(BINUTILS, "bin/riscv64-linux-gnu-as", f"-march={march}", str(source), "-o", str(obj))
    return obj
