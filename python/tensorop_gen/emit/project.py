"""The emitted project: everything the library is made of, as text, with a CMakeLists.txt and a plain Makefile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import tensorop_gen
from tensorop_gen.build import flags
from tensorop_gen.emit import banner, table
from tensorop_gen.emit.model import EmitError, Part, ordered
from tensorop_gen.emit.offered import announced, offered, sources
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FUNCTION = re.compile(r"^\t\.globl (?P<name>\S+)\n.*?^\t\.size (?P=name), .*?\n", re.M | re.S)
GPU_HEADER = "cuda.h"  # of the library that emit/cuda.py writes
_COPIED = {  # folder of the project -> where its files come from
    "include/tensorop": ("include/tensorop", ("*.h",)),
    "runtime": ("kernels/runtime", ("*.c", "*.h", "*.map")),
    "generic": ("kernels/generic", ("*.c", "*.h")),
    "cmake": ("cmake", ("TensorOpLibrary.cmake", "TensorOpConfig.cmake.in", "tensorop.pc.in")),
    ".": (".", ("LICENSE",)),
}


def project(parts: Iterable[Part], triple: str) -> dict[str, str]:
    """The project's files: path relative to its folder -> text. triple: what it is built for; with no parts the
    library holds the portable kernels only. Raises EmitError if a part is for another triple."""
    chosen = ordered(tuple(parts))
    if strange := [part.cpu for part in chosen if part.candidate.factors.triple != triple]:
        raise EmitError(f"{', '.join(strange)} cannot be in a library for {triple}")
    files = _copied() | offered()
    files |= announced(files) | _written(chosen)
    facts = _facts(chosen, triple, files)
    for name in ("targets.c", "sources.cmake", "CMakeLists.txt", "Makefile"):
        comment = banner.c_comment if name.endswith(".c") else banner.hash_comment
        files[name] = _render(name, comment(name), facts)
    for name in ("TensorOpConfig.cmake", "TensorOpConfigVersion.cmake"):
        files[f"package/{name}"] = _render(name, banner.hash_comment(name), facts)
    files["package/tensorop.pc"] = _pkg_config(facts)
    return dict(sorted(files.items()))


def depfile(out: Path) -> str:
    """What the project in `out` depends on, as make and ninja read it."""
    names = (str(path).replace(" ", "\\ ") for path in inputs())
    return f"{out}/sources.cmake: {' '.join(names)}\n"


def list_file(files: Mapping[str, str]) -> str:
    """What CMake is told at configure time: sources.cmake, and the files that everything is made from."""
    names = "".join(f"  [==[{path}]==]\n" for path in inputs())
    return f"{files['sources.cmake']}set(TENSOROP_INPUTS\n{names})\n"


def inputs() -> tuple[Path, ...]:
    """The files that a project is made from: the generator, its targets, sketches, C sources and shipped records."""
    package = Path(tensorop_gen.__file__).parent
    own = [path for pattern in ("*.py", "*.yaml", "*.j2") for path in package.rglob(pattern)]
    root = source_root()
    folders = [root / folder for folder, _ in _COPIED.values() if folder != "."]
    copied = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    sketches = [path for path in (root / "kernels").rglob("*") if path.suffix in (".j2", ".yaml", ".json")]
    return tuple(sorted({*own, *copied, *sketches, *sources()}))


def write(files: Mapping[str, str], out: Path) -> tuple[str, ...]:
    """Writes files below out, leaving alone what is the same; returns the names of the rest. Raises OSError."""
    changed = []
    for name, text in files.items():
        path = out / name
        content = text.encode()
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(name)
    return tuple(changed)


def _copied() -> dict[str, str]:
    files = {}
    for folder, (origin, patterns) in _COPIED.items():
        for pattern in patterns:
            for path in (source_root() / origin).glob(pattern):
                if path.name == GPU_HEADER:
                    continue
                files[str(Path(folder, path.name))] = path.read_text(encoding="utf-8")
    return files


def _written(parts: tuple[Part, ...]) -> dict[str, str]:
    """The authors' files. A kernel that CPUs share (equal names are equal instructions) stands in the first only."""
    files: dict[str, str] = {}
    seen: set[str] = set()
    for part in parts:

        def once(match: re.Match[str]) -> str:
            if match["name"] in seen:
                return ""
            seen.add(match["name"])
            return match[0]

        for name, text in part.candidate.files.items():
            path = f"{part.folder}/{name}"
            body = _FUNCTION.sub(once, text) if name.endswith(".S") else text
            files[path] = banner.c_comment(path, part) + body
    return files


def _facts(parts: tuple[Part, ...], triple: str, files: Mapping[str, str]) -> dict[str, Any]:
    version = tensorop_gen.__version__
    names = [*sorted(files), "targets.c"]
    major, minor, _ = version.split(".")
    isas = sorted({part.candidate.factors.isa for part in parts})
    c_sources = [name for name in names if name.endswith(".c")]
    asm_sources = [name for name in names if name.endswith(".S")]
    lists = {
        "TENSOROP_C_SOURCES": c_sources,
        "TENSOROP_ASM_SOURCES": asm_sources,
        "TENSOROP_HEADERS": [name for name in names if name.endswith(".h")],
        "TENSOROP_C_FLAGS": flags.c_flags(triple),
        "TENSOROP_ASM_FLAGS": flags.asm_flags(triple),
        "TENSOROP_ASM_PROBE": [line for isa in isas for line in flags.ASM_PROBE[isa]],
    }
    return {
        "version": version,
        "major": major,
        "minor": minor,
        "soname": f"libtensorop.so.{major}",
        "triple": triple,
        "names": [*dict.fromkeys(part.cpu for part in parts), "generic"],
        "instances": [part.candidate.instance for part in parts],
        "rows": table.rows(parts),
        "tables": table.further(parts),
        "lists": list(lists.items()),
        "sources": c_sources + asm_sources,
        "c_flags": flags.c_flags(triple),
        "asm_flags": flags.asm_flags(triple),
    }


def _render(name: str, comment: str, facts: Mapping[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # C, CMake and make, not HTML
    )
    return environment.get_template(f"{name}.j2").render(banner=comment, **facts)


def _pkg_config(facts: Mapping[str, Any]) -> str:
    """tensorop.pc for the Makefile, which fills in the thread flags."""
    text = (source_root() / "cmake/tensorop.pc.in").read_text(encoding="utf-8")
    values = {
        "to_prefix": "../..",
        "CMAKE_INSTALL_LIBDIR": "lib",
        "CMAKE_INSTALL_INCLUDEDIR": "include",
        "TENSOROP_TARGET_NAMES": " ".join(facts["names"]),
        "TENSOROP_VERSION": str(facts["version"]),
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
