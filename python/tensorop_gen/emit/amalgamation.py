"""The library as three files, for projects that want neither Python nor CMake nor a folder of sources."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tensorop_gen.build import flags
from tensorop_gen.emit import banner

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER, SOURCE, KERNELS = "tensorop.h", "tensorop.c", "tensorop_kernels.S"

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)".*\n', re.M)
_GNU_SOURCE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+_GNU_SOURCE.*\n", re.M)
_TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|#[ \t]*include[^\n]*|(?:\.|->)\s*[A-Za-z_]\w*|[A-Za-z_]\w*', re.S
)
_PRIVATE = (  # names at file scope that no other file may see
    re.compile(r"^static\b[^;={(]*?\b(\w+)\s*(?:\[[^;={]*)?[(;=]", re.M),
    re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M),
    re.compile(r"^typedef\b(?:[^;{]|\{[^}]*\})*?\b(\w+);", re.M),
    re.compile(r"^(?:static |typedef )?(?:struct|union|enum) (\w+) \{", re.M),
)
# Without kernels: an object that says nothing of its stack makes the whole program's executable.
_NO_KERNELS = '\t.section .note.GNU-stack,"",%progbits\n'
_ENUM = re.compile(r"^(?:typedef )?enum\b[^{;]*\{(.*?)\}", re.M | re.S)


def amalgamate(project: Mapping[str, str], triple: str) -> dict[str, str]:
    """An emitted project's files as tensorop.h, tensorop.c and tensorop_kernels.S."""
    seen: set[str] = set()
    header = _inlined("include/tensorop/tensorop.h", project, seen)
    private = {name: _private_names(text) for name, text in project.items() if name.endswith(".c")}
    uses = Counter(name for names in private.values() for name in names)
    bodies = []
    for file, names in private.items():
        clashing = {name for name in names if uses[name] > 1}
        # Before headers stand in it: their members may have the same names.
        own = _privately(project[file], clashing, file)
        bodies.append(f"/* ---- {file} ---- */\n{_inlined(file, project, seen, own)}")
    source = _GNU_SOURCE.sub("", "".join(bodies))
    assembly = "".join(text for name, text in project.items() if name.endswith(".S")) or _NO_KERNELS
    how = f"/* cc {' '.join(flags.c_flags(triple))} -pthread -c {SOURCE} {KERNELS} */\n"
    start = f'#define _GNU_SOURCE\n#define TENSOROP_THREADS_PTHREAD 1\n#include "{HEADER}"\n'
    return {
        HEADER: banner.c_comment(HEADER) + header,
        SOURCE: banner.c_comment(SOURCE) + how + start + source,
        KERNELS: banner.c_comment(KERNELS) + assembly,
    }


def _inlined(name: str, project: Mapping[str, str], seen: set[str], text: str | None = None) -> str:
    """The text of a file (its own, or the one given) with the project's own headers in place, each once."""

    def include(match: re.Match[str]) -> str:
        found = _resolve(match[1], name, project)
        if found in seen:
            return ""
        seen.add(found)
        return _inlined(found, project, seen)

    return _INCLUDE.sub(include, project[name] if text is None else text)


def _resolve(include: str, within: str, project: Mapping[str, str]) -> str:
    """A header's path as the compiler would find it."""
    folders = (str(PurePosixPath(within).parent), "include", "runtime", "generic")
    return next(path for folder in folders if (path := str(PurePosixPath(folder, include))) in project)


def _private_names(text: str) -> set[str]:
    """What a C file defines for itself: static functions and data, macros, types, enumeration constants."""
    names = {name for pattern in _PRIVATE for name in pattern.findall(text)}
    for body in _ENUM.findall(text):
        names |= set(re.findall(r"(?:^|,)\s*([A-Za-z_]\w*)", re.sub(r"/\*.*?\*/", "", body, flags=re.S)))
    return names - {"_GNU_SOURCE"}


def _privately(text: str, names: set[str], file: str) -> str:
    """Puts the file's name before these of its names, except in comments, strings and members' names."""
    prefix = re.sub(r"\W", "_", file.removesuffix(".c")) + "_"

    def rename(match: re.Match[str]) -> str:
        return prefix + match[0] if match[0] in names else match[0]

    return _TOKEN.sub(rename, text)
